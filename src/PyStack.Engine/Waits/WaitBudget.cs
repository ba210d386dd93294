using System;
using System.Diagnostics;
using System.Threading;

namespace PyStack.Engine.Waits;

/// <summary>How long one call may look for what threads wait for, beyond the system call of each: tables of sockets and descriptors of other processes can be long.</summary>
internal sealed class WaitBudget(TimeSpan limit, CancellationToken cancellation)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Whether there is time left.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool Remains
    {
        get
        {
            cancellation.ThrowIfCancellationRequested();
            return Stopwatch.GetElapsedTime(_start) < limit;
        }
    }
}
