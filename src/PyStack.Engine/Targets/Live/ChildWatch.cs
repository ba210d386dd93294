using System;
using System.Diagnostics;
using System.Reflection;
using System.Threading;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// Keeps .NET from looking after its children while one of them is a target that stands still. On SIGCHLD, .NET calls
/// waitid(P_ALL) and waitpid for all children (System.Diagnostics.ProcessWaitState.CheckChildren), gets the trace stop of
/// the target as if it were its end, and never waits for the real one again: HasExited is wrong, and later its signal
/// thread runs in circles around the zombie. It does so under one lock, which we hold for the length of the pause.
/// </summary>
internal static class ChildWatch
{
    private static readonly object? Gate = Type.GetType("System.Diagnostics.ProcessWaitState, " + typeof(Process).Assembly.FullName)
        ?.GetField("s_childProcessWaitStates", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null);

    public static Hold HoldOff()
    {
        if (Gate is not null)
        {
            Monitor.Enter(Gate);
        }

        return new Hold(Gate);
    }

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
