using System;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace PyStack.Tests.Fleet;

/// <summary>Many machines at once by PowerShell's own remoting over SSH: web1 and web2 are as they should be, web3 is slow, on web4 the user may not trace, web5 is down.</summary>
public sealed partial class FleetTests(Fleet fleet) : IClassFixture<Fleet>
{
    [Fact]
    public void Each_machine_that_answers_returns_its_threads_and_equal_stacks_are_equal_on_all()
    {
        // Four threads of the worker; of the service its main thread and that of its executor.
        Assert.Equal(["web1: 6", "web2: 6", "web3: 6"], fleet.Texts("Machines"));
        Assert.Equal(fleet.Answer.GetProperty("Stacks").GetInt32(), fleet.Answer.GetProperty("SameStacks").GetInt32());
        Assert.Equal(["web1: Cycle", "web2: Cycle", "web3: Cycle"], fleet.Texts("Deadlocks"));
    }

    [Theory]
    [InlineData("View")]
    [InlineData("Table")]
    [InlineData("Lines")]
    public void The_line_above_the_threads_of_a_process_has_the_machine(string view)
    {
        string[] machines = [.. Header().Matches(fleet.Answer.GetProperty(view).GetString()!).Select(match => match.Groups["machine"].Value)];
        Assert.Equal(["web1", "web2", "web3"], machines.Distinct().Order());
        Assert.True(machines.Length >= 6, $"{machines.Length} processes have a line");
    }

    [Fact]
    public void A_machine_that_is_down_and_one_where_the_user_may_not_trace_are_errors_that_name_them()
    {
        JsonElement[] failures = [.. fleet.Answer.GetProperty("Failures").EnumerateArray()];
        Assert.Equal(2, failures.Length);
        JsonElement down = Assert.Single(failures, one => Text(one, "Id") == "PSSessionStateBroken");
        Assert.Equal("web5", Text(down, "Target"));
        JsonElement denied = Assert.Single(failures, one => Text(one, "Id") == "AccessDenied");
        Assert.Equal("web4", Text(denied, "Origin"));
        Assert.Matches(@"^\[web4\] Operation not permitted: process \d+ \(python3[^)]*\): it belongs to user \d+, this is user 4711, and CAP_SYS_PTRACE is missing\.$", Text(denied, "Text"));
        Assert.StartsWith("Run pwsh as", Text(denied, "Action"));
        Assert.Matches(@"^\[web4\] \d+ processes are left out, because they may not be read", Assert.Single(fleet.Texts("Warnings")));
    }

    [Fact]
    public void Values_whose_names_are_those_of_secrets_do_not_leave_the_machine()
    {
        string xml = fleet.Answer.GetProperty("Xml").GetString()!;
        Assert.Contains("api_token", xml, StringComparison.Ordinal);
        Assert.Contains("&lt;redacted&gt;", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", xml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_its_stacks_is_copied_from_a_machine()
    {
        Assert.Equal(6, fleet.Answer.GetProperty("Copied").GetInt32());
        if (fleet.Answer.TryGetProperty("Core", out JsonElement core))
        {
            Assert.Equal(2, core.EnumerateArray().Count(function => function.GetString() == "transfer"));
        }
    }

    [Fact]
    public void The_script_of_the_documents_does_not_wait_for_a_slow_machine_and_names_it()
    {
        JsonElement slow = Assert.Single(fleet.Answer.GetProperty("ScriptFailures").EnumerateArray(), one => Text(one, "Text").StartsWith("[web3] ", StringComparison.Ordinal));
        Assert.Contains(Text(slow, "Id"), (string[])["MachineNotResponding", "PSSessionStateBroken"]);
        Assert.InRange(fleet.Answer.GetProperty("Script").GetInt32(), 0, 1);
    }

    [Fact]
    public void The_script_of_the_documents_reads_pods_by_kubectl_and_names_those_that_fail()
    {
        Assert.Equal(["shop/web-0"], fleet.Texts("Pods"));
        Assert.Contains(" on shop/web-0, Python ", fleet.Answer.GetProperty("PodView").GetString()!, StringComparison.Ordinal);
        JsonElement failure = Assert.Single(fleet.Answer.GetProperty("PodFailures").EnumerateArray());
        Assert.Equal(("PodFailed", "shop/gone/app"), (Text(failure, "Id"), Text(failure, "Target")));
        Assert.Equal("""[shop/gone/app] Error from server (NotFound): pods "gone" not found""", Text(failure, "Text"));
    }

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;

    [GeneratedRegex(@"^Process \d+ \([^)]*\) on (?<machine>\S+), Python ", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Header();
}
