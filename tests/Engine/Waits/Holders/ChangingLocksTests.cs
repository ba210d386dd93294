using System;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Holders;

/// <summary>Locks that are taken and given back all the time.</summary>
public sealed class ChangingLocksTests
{
    private const string HasOne = "in_turn";

    /// <summary>The oldest and the newest, and those without a GIL, whose threads change all at once.</summary>
    public static TheoryData<string> Interpreters() => [.. Rows.OldestAndNewest().Select(row => row.Data), .. InterpreterSet.All.Where(one => one.IsFreeThreaded).Select(one => one.Name)];

    /// <summary>No thread of the program waits while it has a lock: who waits cannot be a holder, and neither can those that take locks by hand.</summary>
    [Theory]
    [MemberData(nameof(Interpreters))]
    public void No_thread_is_a_holder_that_is_none(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "locks_changing.py");
        target.ReadLine();
        int held = 0;
        foreach (StackOptions options in (StackOptions[])[Captures.NoBlock, Captures.Blocking])
        {
            using StackSession session = Captures.Open(target.ProcessId, options);
            for (int i = 0; i < TestMatrix.Count(50, 250); i++)
            {
                PyThread[] threads = session.Take();
                foreach (PyThread thread in threads.Where(thread => thread.Wait?.HolderThreadId is not null && thread.Wait.Kind == PyWaitKind.Lock))
                {
                    PyThread holder = threads.Single(other => other.ThreadId == thread.Wait!.HolderThreadId);
                    Assert.StartsWith(HasOne, holder.PythonName, StringComparison.Ordinal);
                    Assert.False(holder.Wait?.Kind == PyWaitKind.Lock, $"{thread.PythonName}: {thread.Wait}, and {holder.PythonName}: {holder.Wait}");
                    held++;
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{held} waits had a holder");
    }

    /// <summary>In a process that stands still, the variables of the holder's frame say which lock it has.</summary>
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void In_a_stopped_process_the_holder_is_the_thread_whose_variables_say_so(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "locks_changing.py");
        string[] locks = target.ReadLine().Split(' ');
        for (int i = 0; i < TestMatrix.Count(5, 200); i++)
        {
            Signals.Send(target.ProcessId, Signals.Stop);
            try
            {
                Wait.Until(() => ProcOracle.Threads(target.ProcessId).All(id => ProcOracle.State(target.ProcessId, id) == 'T'), "it is not stopped");
                Check(Captures.Once(target, Captures.NoBlock with { Locals = new ValueOptions() }), locks);
            }
            finally
            {
                Signals.Send(target.ProcessId, Signals.Continue);
            }
        }
    }

    private static void Check(PyThread[] threads, string[] locks)
    {
        foreach (PyThread thread in threads.Where(thread => thread.Wait?.HolderThreadId is not null && thread.Wait.Kind == PyWaitKind.Lock))
        {
            PyThread holder = threads.Single(other => other.ThreadId == thread.Wait!.HolderThreadId);
            PyFrame frame = holder.Frames.Single(frame => frame.Function == HasOne);
            int has = Number(frame.Locals!, "has") + Number(frame.Arguments!, "number");
            Assert.StartsWith(locks[has % locks.Length] + " ", thread.Wait!.Object, StringComparison.Ordinal);
        }
    }

    private static int Number(PyVariables variables, string name) => int.Parse((string)variables[name]!, CultureInfo.InvariantCulture);
}
