using System;
using System.Diagnostics;
using System.Reflection;
using System.Threading;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Keeps .NET from looking after its children while one of them is a stopped target. On SIGCHLD, .NET calls
/// waitid(P_ALL) and waitpid for all children (System.Diagnostics.ProcessWaitState.CheckChildren), gets the trace stop of
/// the target as if it were its end, and never waits for the real one again: HasExited is wrong, and later its signal
/// thread loops over the zombie. It does so under one lock, which we hold for the length of the pause.
/// </summary>
internal static class ChildWatch
{
    /// <summary>.NET holds the lock for some microseconds. If it is not released, a stack is more important than the exit code of a child.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly object? Gate = Type.GetType("System.Diagnostics.ProcessWaitState, " + typeof(Process).Assembly.FullName)
        ?.GetField("s_childProcessWaitStates", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null);

    /// <param name="parentId">The target's parent: of a process that is not our child .NET has no record, so the lock is not taken.</param>
    public static Hold HoldOff(int parentId)
        => new(parentId == Environment.ProcessId && Gate is not null && Monitor.TryEnter(Gate, Patience) ? Gate : null);

    internal readonly ref struct Hold(object? gate) : IDisposable
    {
        public void Dispose()
        {
            if (gate is not null)
            {
                Monitor.Exit(gate);
            }
        }
    }
}
