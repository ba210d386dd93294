using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>What is kept of a process from one capture and one call to the next is never shown in place of what is there now.</summary>
public sealed class TargetContextTests
{
    private const string AsBefore = "as at the last look";

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_code_object_at_the_address_of_another_has_its_own_name(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "recycled.py");
        string[] told = target.ReadLine().Split(' ');
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);
        int recycled = 0;
        for (int i = 0; i < 5; i++)
        {
            recycled += told[1] == "same" ? 1 : 0;

            // In one session, and as the next call does: with the context of this process.
            Wait.Until(() => FunctionsOf(session.Take(), told[0]).Length == 1, "the function does not begin");
            Assert.Equal([told[0]], FunctionsOf(Captures.Once(target, Captures.Blocking), told[0]));
            Assert.Equal([told[0]], FunctionsOf(Captures.Once(target, Captures.NoBlock), told[0]));
            target.WriteLine("");
            told = target.ReadLine().Split(' ');
        }

        Assert.True(recycled >= 3, $"only {recycled} code objects were where the one before was");
    }

    [Fact]
    public void A_second_call_knows_the_interpreter_and_after_an_exec_it_is_found_anew()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "recycled.py");
        string before = target.ReadLine().Split(' ')[0];
        Wait.Until(() => FunctionsOf(Once(target, out _), before).Length == 1, "the function does not begin");
        _ = Once(target, out List<string> second);
        Assert.Contains(second, line => line.Contains(AsBefore, StringComparison.Ordinal));

        target.WriteLine("exec");
        string after = target.ReadLine().Split(' ')[0];
        PyThread[] threads = Once(target, out List<string> third);

        Assert.DoesNotContain(third, line => line.Contains(AsBefore, StringComparison.Ordinal));
        Assert.DoesNotContain(threads.SelectMany(thread => thread.Frames), frame => frame.Function == before);
        Wait.Until(() => FunctionsOf(Once(target, out _), after).Length == 1, "the function does not begin");
    }

    [Fact]
    public void A_context_is_of_one_process_and_one_program()
    {
        ProcessFacts process = ProcessFacts.Read(Environment.ProcessId);
        TargetContext context = new(process);

        Assert.True(context.IsOf(process));
        Assert.False(context.IsOf(process with { StartTicks = process.StartTicks + 1 }), "the id belongs to a later process");
        Assert.False(context.IsOf(process with { StackStart = process.StackStart + 16 }), "the process runs another program");
        Assert.False(new TargetContext(process with { StackStart = 0 }).IsOf(process with { StackStart = 0 }), "it is not known which program it runs");
    }

    [Fact]
    public void No_more_contexts_are_kept_than_may_be_and_none_for_two_sessions()
    {
        ProcessFacts process = ProcessFacts.Read(Environment.ProcessId);
        TargetContexts contexts = new(Limits.Default with { IdleContexts = 2 });
        TargetContext[] three = [.. Enumerable.Range(1, 3).Select(i => contexts.Take(process with { ProcessId = i }))];
        foreach (TargetContext context in three)
        {
            contexts.Put(context);
        }

        Assert.Equal(2, contexts.Count);
        Assert.Same(three[2], contexts.Take(process with { ProcessId = 3 }));
        Assert.NotSame(three[2], contexts.Take(process with { ProcessId = 3 }));
        Assert.NotSame(three[0], contexts.Take(process with { ProcessId = 1 }));
        Assert.Same(three[1], contexts.Take(process with { ProcessId = 2 }));
    }

    [Fact]
    public void A_context_that_takes_too_much_or_is_too_old_is_not_kept()
    {
        ProcessFacts process = ProcessFacts.Read(Environment.ProcessId);
        TargetContexts small = new(Limits.Default with { IdleContextBytes = 1000 });
        small.Put(new TargetContext(process));
        TargetContexts brief = new(Limits.Default with { IdleContextTime = TimeSpan.FromMilliseconds(-1) });
        brief.Put(new TargetContext(process));

        Assert.Equal((0, 0), (small.Count, brief.Count));
    }

    // Of the functions that the program makes, those that a capture shows: another than the one that runs must never be among them.
    private static string[] FunctionsOf(PyThread[] threads, string running)
    {
        string[] functions = [.. threads.SelectMany(thread => thread.Frames).Select(frame => frame.Function ?? "").Where(name => name.StartsWith("function_", StringComparison.Ordinal))];
        Assert.All(functions, name => Assert.Equal(running, name));
        Assert.All(
            threads.SelectMany(thread => thread.Frames).Where(frame => frame.Function == running),
            frame => Assert.Equal(($"<{running}>", (int?)2), (frame.File, frame.Line)));
        return functions;
    }

    private static PyThread[] Once(Target target, out List<string> said)
    {
        Said log = new();
        said = log.Lines;
        using StackSession session = StackSession.OpenProcess(target.ProcessId, Captures.Blocking, log, TestContext.Current.CancellationToken);
        return session.Take();
    }

    private sealed class Said : IEngineLog
    {
        public List<string> Lines { get; } = [];

        public bool IsDebugEnabled => false;

        public void Verbose(string message) => Lines.Add(message);

        public void Debug(string message)
        {
        }

        public void Warning(string message) => Lines.Add(message);

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
