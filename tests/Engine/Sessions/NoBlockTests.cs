using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A process that never stands still: no stack may be reported that it cannot have had.</summary>
public sealed class NoBlockTests
{
    // 5 habits x some 7 interpreters x 200: the issue asks for 1,000 captures in all.
    private const int NoBlockCaptures = 200;
    private const int BlockingCaptures = 60;

    private static readonly string[] Habits = ["alternate", "branch", "generate", "recurse", "build"];

    public static TheoryData<string, string> InterpretersAndHabits()
        => [.. from one in InterpreterSet.OnePerSeries.Concat(InterpreterSet.All.Where(one => one.IsJit)) from habit in Habits select (one.Name, habit)];

    [Theory]
    [MemberData(nameof(InterpretersAndHabits))]
    public void No_stack_is_reported_that_cannot_exist_though_the_target_never_stands_still(string interpreter, string habit)
    {
        Tally tally = Capture(interpreter, habit, Captures.NoBlock, NoBlockCaptures);

        TestReport.Note($"NoBlock on {interpreter}, {habit}: {tally}");
        Assert.True(tally is { WrongCoherent: 0, WrongOthers: 0 }, tally.ToString());
    }

    [Theory]
    [MemberData(nameof(InterpretersAndHabits))]
    public void A_target_that_is_stopped_in_full_run_has_a_stack_that_can_exist(string interpreter, string habit)
    {
        Tally tally = Capture(interpreter, habit, Captures.Blocking, BlockingCaptures);

        Assert.True(tally is { Others: 0, WrongCoherent: 0, WrongOthers: 0 }, tally.ToString());
    }

    private static Tally Capture(string interpreter, string habit, StackOptions options, int count)
    {
        CallRules rules = CallRules.Read();
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "restless.py", new() { Arguments = [habit] });
        target.ReadLine();
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
