using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>pause(2), sigsuspend(2), sigtimedwait(2): a signal.</summary>
internal sealed class SignalCalls : ISystemCallReader
{
    public IEnumerable<string> Names => ["pause", "rt_sigsuspend", "rt_sigtimedwait"];

    public WaitReason Read(SystemCallContext context)
    {
        if (context.Name == "pause" || !context.Memory.TryRead(context.Call.First, out ulong set))
        {
            return new WaitReason(PyWaitKind.Signal, context.Name, "any signal");
        }

        // A set of 64 signals. sigsuspend has the ones that do not end it.
        return new WaitReason(PyWaitKind.Signal, context.Name, "signal")
        {
            Subject = SignalSet.Describe(context.Name == "rt_sigsuspend" ? ~set : set),
            Limit = context.Name == "rt_sigtimedwait" ? context.Times.Relative(context.ThreadId, context.Call.Third, 1e9) : default,
        };
    }
}
