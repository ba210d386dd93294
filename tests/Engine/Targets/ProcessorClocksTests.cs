using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

public sealed class ProcessorClocksTests
{
    /// <summary>A thread that was there before and afterwards says so: clocks of processors differ by seconds where a hypervisor takes time from them.</summary>
    [Fact]
    public void A_processors_clock_is_read_from_any_other_one()
    {
        Assert.SkipUnless(ThreadTimes.TryReadOwn(out _), "this kernel has no /proc/PID/sched");
        Assert.True(ProcessorAffinity.TryGet(out ProcessorAffinity.Mask before));
        List<int> processors = [];
        for (int processor = 0; processor < 1024; processor++)
        {
            if (before.Has(processor))
            {
                processors.Add(processor);
            }
        }

        foreach (int processor in processors)
        {
            // One that is busy gives no answer now and then.
            double now = 0;
            double earlier = ReadOn(processor);
            Wait.Until(() => ProcessorClocks.TryGetNow(processor, out now), "the processor's clock is not read");
            double later = ReadOn(processor);

            // A tick of the kernel is 10 ms at most, and a difference is used for 250 ms: what a hypervisor took in that time is the error.
            Assert.InRange(now, earlier - 260, later + 260);
        }

        Assert.True(ProcessorAffinity.TryGet(out ProcessorAffinity.Mask afterwards));
        Assert.All(processors, processor => Assert.True(afterwards.Has(processor)));
    }

    [Fact]
    public void The_processor_that_a_thread_ran_on_is_the_39th_field()
    {
        const string Stat = "12 (a) b) S 1 2 3 4 -1 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 17 5 40 41\n";

        Assert.True(ThreadTimes.TryParseProcessor(Encoding.ASCII.GetBytes(Stat), out int processor));
        Assert.Equal(5, processor);
        Assert.False(ThreadTimes.TryParseProcessor(""u8, out _));
    }

    private static double ReadOn(int processor)
    {
        ProcessorAffinity.Pinned place = ProcessorAffinity.Pin(processor);
        Assert.True(place.IsPinned);
        Assert.True(ThreadTimes.TryReadOwn(out double milliseconds));
        place.Release();
        return milliseconds;
    }
}
