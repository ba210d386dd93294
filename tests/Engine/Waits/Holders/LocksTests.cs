using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Holders;

/// <summary>Which lock a thread waits for, and who has it, is what the program says.</summary>
public sealed partial class LocksTests
{
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
