using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Sessions;

/// <summary>
/// The contexts of the processes that were examined last, for the next call. A session takes one out and puts it back when it is closed, so that no two ever use the same. Bounded by
/// number, bytes and age (<see cref="Limits"/>).
/// </summary>
internal sealed class TargetContexts(Limits limits)
{
    private readonly Lock _gate = new();

    // The one that was put back last is the last.
    private readonly List<(TargetContext Context, long PutAt)> _idle = [];

    /// <summary>Those of this process.</summary>
    public static TargetContexts Shared { get; } = new(Limits.Default);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>What is known of a process, or a new context.</summary>
    public TargetContext Take(ProcessFacts process)
    {
        lock (_gate)
        {
            RemoveOld();
            int index = _idle.FindLastIndex(idle => idle.Context.IsOf(process));
            if (index >= 0)
            {
                TargetContext known = _idle[index].Context;
                _idle.RemoveAt(index);
                return known;
            }
        }

        return new TargetContext(process);
    }

    /// <summary>Keeps a context for the next call, as far as there is room.</summary>
    public void Put(TargetContext context)
    {
        lock (_gate)
        {
            _idle.Add((context, Environment.TickCount64));
            RemoveOld();
            long size = 0;
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                size += _idle[i].Context.Size;
                if (size > limits.IdleContextBytes || _idle.Count - i > limits.IdleContexts)
                {
                    _idle.RemoveRange(0, i + 1);
                    break;
                }
            }
        }
    }

    /// <summary>Begins again: for benchmarks and tests of the first time.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _idle.Clear();
        }
    }

    private void RemoveOld()
    {
        long oldest = Environment.TickCount64 - (long)limits.IdleContextTime.TotalMilliseconds;
        _idle.RemoveAll(idle => idle.PutAt < oldest);
    }
}
