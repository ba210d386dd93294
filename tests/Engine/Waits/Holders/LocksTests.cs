using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Holders;

/// <summary>Which lock a thread waits for, and who has it, is what the program says.</summary>
public sealed partial class LocksTests
{
    private const int Abort = 6;

    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Select(one => one.Name)];

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Mentioned();

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_thread_waits_for_the_lock_and_the_holder_that_its_program_says(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "locks.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;

        // A thread says what it will do a moment before it does; a stop makes it begin again.
        Captures.InBothModes(noBlock =>
        {
            string problems = "";
            if (!Wait.Within(Wait.Limit, () => (problems = Compare(said, Captures.Once(target, noBlock ? Captures.NoBlock : Captures.Blocking))).Length == 0))
            {
                Assert.Fail(problems);
            }
        });
        TestReport.Situation(interpreter, "locks and who has them");
    }

    /// <summary>The threads are in their system calls when it is written: the program was not stopped since they sleep.</summary>
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_core_has_the_same_locks_and_holders(string interpreter)
    {
        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        Interpreter one = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(one.HasOwnRoot, "its files are in a root of its own");
        using TemporaryFolder folder = new();
        one = one with { Command = ["/bin/sh", "-c", "ulimit -c unlimited; exec \"$@\"", "sh", .. one.Command] };
        using Target target = Target.StartSilent(one, "locks.py", new TargetOptions { WorkingDirectory = folder.Path });
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;
        Wait.Until(() => Compare(said, Captures.Once(target, Captures.NoBlock)).Length == 0, "the threads do not wait");
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");

        using StackSession session = StackSession.OpenCore(
            Directory.GetFiles(folder.Path, pattern + "*").Single(), new CoreSearch(), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("", Compare(said, session.Take()));
        TestReport.Situation(interpreter, "locks and who has them, in a core");
    }

    private static string Compare(JsonElement said, PyThread[] threads)
    {
        Dictionary<string, PyThread> byName = threads.Where(thread => thread.PythonName is not null).ToDictionary(thread => thread.PythonName!);
        List<string> problems = [];
        foreach (JsonProperty one in said.EnumerateObject())
        {
            PyWait? wait = byName.GetValueOrDefault(one.Name)?.Wait;
            string? holder = one.Value.GetProperty("holder").GetString();
            bool isGone = one.Value.GetProperty("gone").GetBoolean();
            string text = Mentioned().Replace(one.Value.GetProperty("text").GetString()!, match => $"thread {byName.GetValueOrDefault(match.Groups[1].Value)?.ThreadId} ({match.Groups[1].Value})");
            bool isSame = wait is not null
                && wait.HolderThreadId == (holder is null ? null : byName.GetValueOrDefault(holder)?.ThreadId ?? -1)
                && wait.IsHolderGone == (isGone ? true : holder is null ? null : false)
                && wait.Description.Contains(text, StringComparison.Ordinal)
                && (one.Value.GetProperty("kind").GetString() is not string kind || (kind == wait.Kind.ToString() && wait.Object!.StartsWith(one.Value.GetProperty("address").GetString()! + " ", StringComparison.Ordinal)));
            if (!isSame)
            {
                problems.Add($"{one.Name}: {wait?.Kind} {wait?.Object} {wait?.HolderThreadId} {wait?.IsHolderGone} {wait?.Description} | {one.Value}");
            }
        }

        return string.Join('\n', problems);
    }
}
