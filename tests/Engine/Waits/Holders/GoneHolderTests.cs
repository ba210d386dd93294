using System;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Holders;

/// <summary>Locks whose holder did not come along when the process was forked, and the GIL.</summary>
public sealed class GoneHolderTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void The_holder_of_an_RLock_that_was_forked_while_it_was_held_is_gone(string interpreter)
        => Check(interpreter, "rlock", wait =>
            (wait.Kind, wait.HolderThreadId, wait.IsHolderGone) == (PyWaitKind.RLock, null, true) && wait.Description.Contains("held by a thread that does not exist in this process", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void The_holder_of_a_native_mutex_that_was_forked_while_it_was_held_is_gone(string interpreter)
        => Check(interpreter, "mutex", wait => (wait.Kind, wait.HolderThreadId, wait.IsHolderGone) == (PyWaitKind.Mutex, null, true) && wait.Object!.EndsWith(" (pthread_mutex_t)", StringComparison.Ordinal));

    /// <summary>A plain lock does not say who took it, but there is nobody who could give it back.</summary>
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void The_holder_of_a_plain_lock_that_was_forked_while_it_was_held_is_gone(string interpreter)
        => Check(interpreter, "plain", wait => (wait.Kind, wait.HolderThreadId, wait.IsHolderGone) == (PyWaitKind.Lock, null, true)
            && wait.Description.Contains("held by a thread that does not exist in this process, which was forked", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void The_only_thread_that_takes_a_lock_twice_by_hand_waits_for_itself(string interpreter)
        => Check(interpreter, "twice", wait => (wait.Kind, wait.HolderThreadId == null, wait.IsHolderGone) == (PyWaitKind.Lock, false, false)
            && wait.Description.Contains("acquired by hand by this thread itself", StringComparison.Ordinal));

    /// <summary>Before 3.7 the GIL is no struct; without a GIL there is nothing to wait for.</summary>
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_thread_that_wants_the_GIL_waits_for_the_thread_that_has_it(string interpreter)
    {
        Interpreter one = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(one.Major == 2 || one.Minor < 7 || one.IsFreeThreaded, "its GIL is not in a struct");
        using Target target = Target.StartSilent(one, "locks_gil.py", new TargetOptions { IsKilledAtEnd = true });
        target.ReadLine();

        string seen = "";
        bool isRight = Wait.Within(Wait.Limit, () =>
        {
            PyThread[] threads = Captures.Once(target, Captures.NoBlock);
            PyWait? wait = threads.Single(thread => thread.PythonName == "wants it").Wait;
            seen = $"{wait?.Kind} {wait?.Description} {wait?.HolderThreadId}";
            return wait is not null && (wait.Kind, wait.HolderThreadId, wait.IsHolderGone, wait.Description) == (PyWaitKind.Gil, target.ProcessId, false, $"GIL held by thread {target.ProcessId} (MainThread)");
        });
        Assert.True(isRight, seen);
    }

    private static void Check(string interpreter, string kind, Func<PyWait, bool> isRight)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "locks_forked.py", new TargetOptions { Arguments = [kind], IsKilledAtEnd = kind == "twice" });
        int child = int.Parse(target.ReadLine(), CultureInfo.InvariantCulture);
        string address = target.ReadLine();
        string seen = "";
        bool isSeen = Wait.Within(Wait.Limit, () =>
        {
            using StackSession session = Captures.Open(child, Captures.Blocking);
            PyWait? wait = session.Take().Single(thread => thread.ThreadId == child).Wait;
            seen = $"{wait?.Kind} {wait?.Object} {wait?.HolderThreadId} {wait?.IsHolderGone} {wait?.Description}";
            return wait is not null && isRight(wait) && wait.Object!.StartsWith(address + " ", StringComparison.Ordinal);
        });
        Assert.True(isSeen, seen);
    }
}
