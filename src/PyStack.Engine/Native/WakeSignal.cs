using System;
using System.Diagnostics;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Wakes one thread that waits, by a futex: the wait of a monitor ends later, since it is woken while the lock is still held, and polls before it sleeps.
/// A signal that comes before the wait ends it at once; two signals before a wait are one.
/// </summary>
internal sealed unsafe class WakeSignal
{
    /// <summary>One wait in the kernel, below the second that <see cref="Futex.Wait"/> takes at most.</summary>
    private const int MaxMicroseconds = 900_000;

    private int _isSet;

    /// <summary>Ends the wait.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            // Pinned: of a thread that waits in the kernel, the wait has pinned it at the same place.
            fixed (int* word = &_isSet)
            {
                Futex.Wake(word);
            }
        }
    }

    /// <summary>Waits for a signal, and takes it.</summary>
    /// <returns>False if there was none in that time.</returns>
    public bool Wait(TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        while (Interlocked.Exchange(ref _isSet, 0) == 0)
        {
            double left = (limit - Stopwatch.GetElapsedTime(start)).TotalMicroseconds;
            if (left <= 0)
            {
                return false;
            }

            fixed (int* word = &_isSet)
            {
                Futex.Wait(word, 0, (int)Math.Min(Math.Ceiling(left), MaxMicroseconds));
            }
        }

        return true;
    }
}
