using System.Collections.Generic;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>nanosleep(2) and clock_nanosleep(2).</summary>
internal sealed class SleepCalls : ISystemCallReader
{
    /// <summary>TIMER_ABSTIME (linux/time.h): until a point of time.</summary>
    private const ulong Absolute = 1;

    public IEnumerable<string> Names => ["nanosleep", "clock_nanosleep"];

    public WaitReason Read(SystemCallContext context) => new(PyWaitKind.Sleep, context.Name, "sleep")
    {
        Limit = context.Name == "nanosleep" ? context.Times.Relative(context.ThreadId, context.Call.First, 1e9)
            : (context.Call.Second & Absolute) != 0 ? context.Times.Absolute(context.Call.Third, (int)context.Call.First)
            : context.Times.Relative(context.ThreadId, context.Call.Third, 1e9),
    };
}
