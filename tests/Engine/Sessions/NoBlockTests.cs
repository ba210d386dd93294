using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A process that never stands still: no stack may be reported that it cannot have had.</summary>
public sealed class NoBlockTests
{
    // 5 habits x some 13 interpreters: 1,000 captures are wanted in all, and these are several times as many.
    private static readonly int NoBlockCaptures = TestMatrix.Count(gate: 60, whole: 200);
    private static readonly int BlockingCaptures = TestMatrix.Count(gate: 20, whole: 60);

    private static readonly string[] Habits = ["alternate", "branch", "generate", "recurse", "build"];

    public static TheoryData<string, string> InterpretersAndHabits()
        => [.. from one in InterpreterSet.OnePerSeries.Concat(InterpreterSet.All.Where(one => one.IsJit)) from habit in Habits select (one.Name, habit)];

    [Theory]
    [MemberData(nameof(InterpretersAndHabits))]
    public void No_stack_is_reported_that_cannot_exist_though_the_target_never_stands_still(string interpreter, string habit)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "restless.py", new() { Arguments = [habit] });
        target.ReadLine();

        Tally tally = Capture(target, Captures.NoBlock, NoBlockCaptures);

        TestReport.Note($"NoBlock on {interpreter}, {habit}: {tally}");
        Assert.True(tally is { WrongCoherent: 0, WrongOthers: 0 }, tally.ToString());

        // Stopped in full run it has a stack that can exist every time.
        Tally stopped = Capture(target, Captures.Blocking, BlockingCaptures);
        Assert.True(stopped is { Others: 0, WrongCoherent: 0, WrongOthers: 0 }, $"with stops: {stopped}");
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void Every_thread_that_waits_is_coherent(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "many_threads.py");

        PyThread[] threads = Captures.Once(target, Captures.NoBlock);

        OracleComparison.AssertAgrees(target, threads);
        Assert.All(threads, thread => Assert.True(thread.IsCoherent, $"{thread} is not coherent"));
    }

    private static Tally Capture(Target target, StackOptions options, int count)
    {
        CallRules rules = CallRules.Read();
        using StackSession session = Captures.Open(target.ProcessId, options);
        Tally tally = new();
        for (int i = 0; i < count; i++)
        {
            PyThread thread = session.Take()[^1];
            tally.Add(thread.IsCoherent, rules.Violation(thread.Frames, isWhole: thread.IsCoherent));
        }

        return tally;
    }

    private sealed class Tally
    {
        private string _example = "";

        public int Coherent { get; private set; }

        public int WrongCoherent { get; private set; }

        public int Others { get; private set; }

        public int WrongOthers { get; private set; }

        public void Add(bool isCoherent, string? violation)
        {
            Coherent += isCoherent ? 1 : 0;
            Others += isCoherent ? 0 : 1;
            if (violation is not null)
            {
                WrongCoherent += isCoherent ? 1 : 0;
                WrongOthers += isCoherent ? 0 : 1;
                _example = $"\nfor example (coherent: {isCoherent}) {violation}";
            }
        }

        public override string ToString()
            => $"{Coherent} coherent, {WrongCoherent} of them impossible; {Others} not coherent, {WrongOthers} of them impossible{_example}";
    }
}
