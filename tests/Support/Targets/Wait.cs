using System;
using System.Diagnostics;
using System.Threading;

namespace PyStack.TestSupport.Targets;

/// <summary>Waits for what the kernel does not announce. A limit is there to end a test that hangs, not to time anything.</summary>
public static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static void Until(Func<bool> condition, string what)
    {
        if (!Within(Limit, condition))
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} seconds in vain: {what}.");
        }
    }

    /// <summary>Whether the condition came to hold.</summary>
    public static bool Within(TimeSpan limit, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                return false;
            }

            Thread.Sleep(1);
        }

        return true;
    }
}
