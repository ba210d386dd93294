using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Tasks;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>
/// What time it is by the scheduler's clock of a processor. That clock leaves out what a hypervisor or interrupts took from the processor (kernel/sched/core.c,
/// update_rq_clock_task), so those of two processors differ by seconds, and after months by hours: each is read on its own processor.
/// </summary>
internal static class ProcessorClocks
{
    /// <summary>How long a clock's difference to ours is used: what is taken from the processor in this time is the error.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(0.25);

    /// <summary>A processor that a real-time program has for itself is not waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private static readonly ConcurrentDictionary<int, Reading> Readings = new();

    /// <summary>Milliseconds now; false if that is not known.</summary>
    public static bool TryGetNow(int processor, out double milliseconds)
    {
        if (!Readings.TryGetValue(processor, out Reading? reading) || Stopwatch.GetElapsedTime(reading.At) > Validity)
        {
            reading = ReadHere(processor) ?? ReadThere(processor);
            Readings[processor] = reading;
        }

        milliseconds = reading.Milliseconds + Stopwatch.GetElapsedTime(reading.At).TotalMilliseconds;
        return reading.Milliseconds > 0;
    }

    // Without moving to another processor, if we are on the right one already.
    private static Reading? ReadHere(int processor)
        => ProcessorAffinity.Current == processor && Read() is Reading reading && ProcessorAffinity.Current == processor ? reading : null;

    private static Reading ReadThere(int processor)
    {
        Visit visit = new(processor);
        if (!Task.Run(visit.Go).Wait(Patience))
        {
            visit.Abandon();
            return Reading.None;
        }

        return visit.Result;
    }

    // When the calling thread began to run here, or the last tick of the kernel.
    private static Reading Read()
        => ThreadTimes.TryReadOwn(out double milliseconds) ? new Reading(milliseconds, Stopwatch.GetTimestamp()) : Reading.None;

    /// <summary>A clock at a point of time; not above 0 if it could not be read.</summary>
    private sealed record Reading(double Milliseconds, long At)
    {
        public static Reading None => new(0, Stopwatch.GetTimestamp());
    }

    /// <summary>A thread of the pool that goes to another processor and comes back.</summary>
    private sealed class Visit(int processor)
    {
        private ProcessorAffinity.Mask _before;
        private volatile int _threadId;
        private volatile bool _isAbandoned;

        public Reading Result { get; private set; } = Reading.None;

        public void Go()
        {
            if (ProcessorAffinity.TryGet(out _before) && _before.Has(processor))
            {
                _threadId = Identity.ThreadId();
                if (!_isAbandoned && ProcessorAffinity.TrySet(0, ProcessorAffinity.Mask.Of(processor)))
                {
                    Result = ReadHere(processor) ?? Reading.None;
                    _ = ProcessorAffinity.TrySet(0, _before);
                }
            }
        }

        /// <summary>Lets the thread go on elsewhere: it does not get the processor.</summary>
        public void Abandon()
        {
            _isAbandoned = true;
            if (_threadId > 0)
            {
                _ = ProcessorAffinity.TrySet(_threadId, _before);
            }
        }
    }
}
