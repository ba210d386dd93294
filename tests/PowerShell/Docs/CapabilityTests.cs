using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>The capabilities of the examples for Kubernetes are those that permissions.md says: with one less, what it says of it is missing.</summary>
public sealed partial class CapabilityTests
{
    private const string Script = """
        $ErrorActionPreference = 'SilentlyContinue'
        $process = Get-PyProcess -Container {0}
        $threads = $process | Get-PyStack
        $native = $process | Get-PyStack -Native -NoBlock -WarningAction SilentlyContinue
        $sources = @($threads.Frames | Where-Object File -EQ '/srv/app.py' | Where-Object SourceLine).Count -gt 0
        $ends = @($threads.Wait | Where-Object Resource).Count -gt 0
        $sleepers = @($native.Frames | Where-Object Kind -EQ Native).Count -gt 0
        "$(@($threads).Count) threads, pod $($process.Namespace)/$($process.Pod), sources $sources, ends $ends, sleepers $sleepers"
        """;

    public static TheoryData<string> Examples => ["pystack-node.yaml", "pystack-debug.yaml"];

    [Fact]
    public void Each_capability_gives_what_the_document_says()
    {
        Assert.SkipUnless(RealShell.Find("setpriv") is not null, "there is no setpriv");
        using OciContainer container = OciContainer.Start();
        string script = Script.Replace("{0}", container.Id, StringComparison.Ordinal);
        Assert.Equal($"2 threads, pod shop/{container.Pod}, sources True, ends True, sleepers True", Run(script, CapabilitiesOf("pystack-node.yaml")));
        Assert.Equal($"2 threads, pod shop/{container.Pod}, sources True, ends False, sleepers False", Run(script, "sys_ptrace", "setuid", "setgid"));
        Assert.Equal("2 threads, pod /, sources False, ends False, sleepers False", Run(script, "sys_ptrace"));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_add_the_four_that_are_needed_and_drop_all_others(string name)
    {
        string text = Text(name);
        Assert.Equal(["sys_ptrace", "dac_read_search", "setuid", "setgid"], CapabilitiesOf(name));
        Assert.Contains("drop: [ALL]", text, StringComparison.Ordinal);
        Assert.Contains("allowPrivilegeEscalation: false", text, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged: true", text, StringComparison.Ordinal);
    }

    private static string Run(string script, params string[] capabilities)
        => RealShell.Run(script, null, "setpriv", "--bounding-set", string.Join(',', capabilities.Select(one => "+" + one).Prepend("-all")), "--inh-caps=-all", "--no-new-privs").Output.Trim();

    private static string[] CapabilitiesOf(string name)
        => [.. Added().Match(Text(name)).Groups["names"].Value.ToLowerInvariant().Split(", ")];

    private static string Text(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "examples", "kubernetes", name));

    [GeneratedRegex(@"^\s+add: \[(?<names>[A-Z_, ]+)\]$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Added();
}
