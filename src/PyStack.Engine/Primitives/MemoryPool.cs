using System;
using System.Threading;

namespace PyStack.Engine.Primitives;

/// <summary>A number of bytes that several users share. Safe for several threads.</summary>
/// <param name="limit">In bytes.</param>
internal sealed class MemoryPool(long limit)
{
    private long _taken;

    /// <summary>Called if the pool is exhausted, with the number of missing bytes; true if it freed some, so that another attempt is useful.</summary>
    public Func<long, bool>? Reclaim { get; init; }

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes bytes, all or none.</summary>
    public bool TryTake(long bytes)
    {
        while (true)
        {
            long taken = Volatile.Read(ref _taken);
            if (bytes > limit)
            {
                return false;
            }

            if (taken > limit - bytes)
            {
                if (Reclaim?.Invoke(taken - (limit - bytes)) != true)
                {
                    return false;
                }
            }
            else if (Interlocked.CompareExchange(ref _taken, taken + bytes, taken) == taken)
            {
                return true;
            }
        }
    }

    /// <summary>Returns bytes of <see cref="TryTake"/>.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
