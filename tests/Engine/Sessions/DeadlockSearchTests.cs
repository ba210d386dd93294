using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Programs that wait for themselves, and say which threads do.</summary>
public sealed class DeadlockSearchTests
{
    private static readonly string[] OfLocks =
        ["two", "three", "five", "reentrant", "followers", "two_cycles", "myself", "joins", "lock_and_join", "lock_and_mutex", "gil_and_mutex", "imports", "forked"];

    public static TheoryData<string, string> Deadlocks()
    {
        TheoryData<string, string> rows = [];
        foreach (Interpreter one in InterpreterSet.OnePerSeries)
        {
            foreach (string situation in OfLocks)
            {
                // What the graph makes of it does not depend on the version.
                if (TestMatrix.IsWhole || one == InterpreterSet.Any || situation is "two" or "forked")
                {
                    rows.Add(one.Name, situation);
                }
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Deadlocks))]
    public void A_deadlock_is_found_with_the_threads_that_the_program_names(string interpreter, string situation) => AssertFound(InterpreterSet.Named(interpreter), situation);

    [Theory]
    [InlineData("child_writes")]
    [InlineData("child_without_python")]
    [InlineData("both_read")]
    [InlineData("file_lock")]
    [InlineData("child_has_one")]
    public void Processes_that_wait_for_each_other_are_a_deadlock(string situation) => AssertFound(InterpreterSet.Any, situation);

    [Theory]
    [InlineData("slow_reader")]
    [InlineData("child_of_two_readers")]
    [InlineData("idle_child")]
    [InlineData("released_by_another")]
    public void Who_may_go_on_is_none(string situation)
    {
        using Target target = Start(InterpreterSet.Any, situation, out _);

        for (int i = 0; i < TestMatrix.Count(20, 200); i++)
        {
            AssertNone(target.ProcessId, i);
        }
    }

    /// <summary>The long version: tests/deadlocks.sh.</summary>
    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void Threads_that_take_and_give_locks_all_the_time_are_none(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "taking.py");
        Assert.Equal("ready", target.ReadLine());

        for (int i = 0; i < TestMatrix.Count(30, 500); i++)
        {
            AssertNone(target.ProcessId, i);
        }
    }

    private static void AssertNone(int processId, int number)
        => Assert.Empty(Search(processId, noBlock: number % 2 == 1).SelectMany(one => one.Description));

    private static void AssertFound(Interpreter interpreter, string situation)
    {
        using Target target = Start(interpreter, situation, out JsonElement said);
        Captures.InBothModes(noBlock =>
        {
            // A thread says what it will do a moment before it does.
            string found = "";
            Wait.Within(TimeSpan.FromSeconds(20), () => (found = Describe(Search(said.GetProperty("process").GetInt32(), noBlock), said)) == Expected(said));
            Assert.Equal(Expected(said), found);
        });
    }

    private static Target Start(Interpreter interpreter, string situation, out JsonElement said)
    {
        Target target = Target.StartSilent(interpreter, "deadlocks.py", new TargetOptions { Arguments = [situation], IsKilledAtEnd = true });
        said = JsonDocument.Parse(target.ReadLine()).RootElement;
        return target;
    }

    private static PyDeadlock[] Search(int processId, bool noBlock)
        => DeadlockSearch.OfProcess(processId, noBlock ? Captures.NoBlock : Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);

    private static string Expected(JsonElement said) => string.Join(
        '\n',
        $"{said.GetProperty("kind").GetString()}: {string.Join(' ', said.GetProperty("threads").EnumerateArray().Select(one => $"{one[0]}/{one[1]}"))}",
        said.GetProperty("followers").GetInt32().ToString(CultureInfo.InvariantCulture));

    private static string Describe(PyDeadlock[] found, JsonElement said)
    {
        int followers = found.SelectMany(one => one.Description).Where(line => line.Contains(" more thread", StringComparison.Ordinal)).Sum(line => int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture));
        return string.Join(
            '\n',
            $"{string.Join(' ', found.Select(one => one.Kind).Distinct())}: {string.Join(' ', found.SelectMany(one => one.Threads).Select(thread => $"{thread.ProcessId}/{thread.ThreadId}"))}",
            said.GetProperty("followers").GetInt32() == 0 ? "0" : followers.ToString(CultureInfo.InvariantCulture));
    }
}
