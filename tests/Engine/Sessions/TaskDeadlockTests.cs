using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Programs whose asyncio tasks wait for themselves, and that say which do.</summary>
public sealed class TaskDeadlockTests
{
    private static readonly string[] Situations =
        ["two_locks", "own_managers", "conditions", "bounded", "limited", "each_other", "gathered", "myself", "own_loop", "own_task", "executor"];

    public static TheoryData<string, string> Deadlocks()
    {
        TheoryData<string, string> rows = [];
        foreach (Interpreter one in InterpreterSet.OnePerSeries.Where(one => one.Major == 3))
        {
            foreach (string situation in Situations)
            {
                // What the graph makes of it does not depend on the version.
                if (TestMatrix.IsWhole || one == InterpreterSet.Any || situation is "two_locks" or "executor")
                {
                    rows.Add(one.Name, situation);
                }
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Deadlocks))]
    public void A_deadlock_of_tasks_is_found_with_the_tasks_and_threads_that_the_program_names(string interpreter, string situation)
    {
        using Target target = Start(InterpreterSet.Named(interpreter), situation, out JsonElement said);
        Captures.InBothModes(noBlock =>
        {
            // A thread says what it will do a moment before it does.
            string found = "";
            Wait.Within(TimeSpan.FromSeconds(20), () => (found = Describe(Search(target.ProcessId, noBlock))) == Expected(said));
            Assert.Equal(Expected(said), found);
        });
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void Tasks_that_take_and_give_locks_all_the_time_are_none(string interpreter)
    {
        Assert.SkipWhen(InterpreterSet.Named(interpreter).Major == 2, "2.7 has no asyncio");
        using Target target = Start(InterpreterSet.Named(interpreter), "taking", out _);
        for (int i = 0; i < TestMatrix.Count(30, 500); i++)
        {
            Assert.Empty(Search(target.ProcessId, noBlock: i % 2 == 1).SelectMany(one => one.Description));
        }
    }

    private static Target Start(Interpreter interpreter, string situation, out JsonElement said)
    {
        Target target = Target.StartSilent(interpreter, "task_deadlocks.py", new TargetOptions { Arguments = [situation], IsKilledAtEnd = true });
        said = JsonDocument.Parse(target.ReadLine()).RootElement;
        return target;
    }

    private static PyDeadlock[] Search(int processId, bool noBlock)
        => DeadlockSearch.OfProcess(processId, noBlock ? Captures.NoBlock : Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);

    private static string Expected(JsonElement said)
        => Text(
            said.GetProperty("kind").GetString()!,
            said.GetProperty("tasks").EnumerateArray().Select(one => one.GetString()!),
            said.GetProperty("threads").EnumerateArray().Select(one => one.GetInt32()),
            said.GetProperty("limit").ValueKind == JsonValueKind.Number);

    private static string Describe(PyDeadlock[] found)
        => Text(string.Join(' ', found.Select(one => one.Kind)), found.SelectMany(one => one.Tasks).Select(task => task.Id), found.SelectMany(one => one.Threads).Select(thread => thread.ThreadId), found.Any(one => one.Timeout is not null));

    private static string Text(string kind, IEnumerable<string> tasks, IEnumerable<int> threads, bool isLimited)
        => $"{kind}: {string.Join(' ', tasks.Order(StringComparer.Ordinal))} / {string.Join(' ', threads.Order())}{(isLimited ? ", limited" : "")}";
}
