using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Reasons;

/// <summary>What threads wait for in the standard library is what the program says that they do.</summary>
public sealed class ReasonsTests
{
    public static TheoryData<string> Interpreters => new(TestMatrix.IsWhole ? InterpreterSet.All.Select(one => one.Name) : InterpreterSet.OnePerSeries.Select(one => one.Name));

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Each_thread_waits_for_the_object_that_its_program_names(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "reasons.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;

        // A thread says what it will do a moment before it does.
        Captures.InBothModes(noBlock => Check(said, noBlock, target.ProcessId));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Workers_of_pools_wait_for_work_and_others_for_their_results(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "reasons_of_pools.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;

        Captures.InBothModes(noBlock => Check(said, noBlock, target.ProcessId));
    }

    private static void Check(JsonElement said, bool noBlock, int processId)
    {
        string problems = "";
        if (!Wait.Within(Wait.Limit, () => (problems = Compare(said, processId, noBlock ? Captures.NoBlock : Captures.Blocking)).Length == 0))
        {
            Assert.Fail(problems);
        }
    }

    // A thread is named by its id, in another process with that before it.
    private static string Compare(JsonElement said, int ownId, StackOptions options)
    {
        List<string> problems = [];
        Dictionary<int, PyThread[]> processes = [];
        foreach (JsonProperty one in said.EnumerateObject())
        {
            int[] ids = [.. one.Name.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
            int processId = ids.Length > 1 ? ids[0] : ownId;
            if (!processes.TryGetValue(processId, out PyThread[]? threads))
            {
                using StackSession session = Captures.Open(processId, options);
                processes.Add(processId, threads = session.Take());
            }

            PyWait? wait = threads.SingleOrDefault(thread => thread.ThreadId == ids[^1])?.Wait;
            string? expected = one.Value.GetProperty("description").GetString();
            string text = wait?.Description ?? "";
            double? limit = one.Value.TryGetProperty("limit", out JsonElement asked) ? asked.GetDouble() : null;
            bool isSame = wait is not null
                && wait.Kind.ToString() == one.Value.GetProperty("kind").GetString()
                && (expected is null || one.Value.TryGetProperty("begin", out _) ? text.StartsWith(expected ?? "", StringComparison.Ordinal) : limit is null ? text == expected : text.StartsWith(expected + ", ", StringComparison.Ordinal) && text.EndsWith(" left", StringComparison.Ordinal))
                && (!one.Value.TryGetProperty("object", out JsonElement found) || wait.Object == found.GetString())
                && wait.HolderThreadId == Number(one.Value, "holder")
                && wait.HolderProcessId == Number(one.Value, "process")
                && (limit is null ? wait.Timeout is null : wait.Timeout <= limit && wait.Timeout > limit - 1000);
            if (!isSame)
            {
                problems.Add($"{one.Value}: {wait?.Kind} {wait?.Description} | {wait?.SystemCall} | {wait?.Object} | {wait?.HolderThreadId} | {wait?.HolderProcessId} | {wait?.Timeout}");
            }
        }

        return string.Join('\n', problems);
    }

    private static int? Number(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
}
