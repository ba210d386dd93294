using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>The processor time of the thread that takes samples.</summary>
internal static class SamplerCpu
{
    /// <summary>bits/time.h</summary>
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>Of the calling thread, in seconds; 0 if it is not known.</summary>
    public static double Seconds => Clocks.TryRead(CLOCK_THREAD_CPUTIME_ID, out double seconds) ? seconds : 0;
}
