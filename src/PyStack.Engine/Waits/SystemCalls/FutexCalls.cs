using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Memory;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>futex(2): what all locks wait on. What lock it belongs to, the kernel does not know.</summary>
internal sealed class FutexCalls : ISystemCallReader
{
    // linux/futex.h: the operation is without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME.
    private const int CommandMask = 0x7f;
    private const ulong ClockRealtime = 0x100;
    private const int Wait = 0;
    private const int LockPi = 6;
    private const int WaitBitset = 9;
    private const int WaitRequeuePi = 11;
    private const int LockPi2 = 13;

    /// <summary>FUTEX_TID_MASK (linux/futex.h): of a futex with priority inheritance the value is its owner's thread id.</summary>
    private const uint OwnerMask = 0x3fff_ffff;

    public IEnumerable<string> Names => ["futex"];

    /// <summary>Whether a thread sleeps in a call of futex(2) until the memory at an address changes.</summary>
    /// <remarks>The arguments alone do not say which system call it is: <see cref="PyWaitKind.Futex"/> does.</remarks>
    public static bool IsWait(in SystemCall call) => ((int)call.Second & CommandMask) is Wait or WaitBitset;

    public WaitReason Read(SystemCallContext context)
    {
        int command = (int)context.Call.Second & CommandMask;
        string address = SystemCallContext.Hex(context.Call.First);
        WaitReason reason = new(PyWaitKind.Futex, context.Name, "futex")
        {
            Subject = address,
            Object = address + " (futex)",
            Limit = command switch
            {
                Wait => context.Times.Relative(context.ThreadId, context.Call.Fourth, 1e9),
                WaitBitset or WaitRequeuePi or LockPi2 => context.Times.Absolute(context.Call.Fourth, (context.Call.Second & ClockRealtime) != 0 ? WaitTimes.Realtime : WaitTimes.Monotonic),
                LockPi => context.Times.Absolute(context.Call.Fourth, WaitTimes.Realtime),
                _ => default,
            },
        };
        if (command is LockPi or LockPi2 && context.Memory.TryRead(context.Call.First, out uint value) && (value & OwnerMask) != 0)
        {
            int owner = context.Target.ListThreads().ToObserver(value & OwnerMask);
            reason = owner <= 0 ? reason with { Kind = PyWaitKind.Mutex } : reason with
            {
                Kind = PyWaitKind.Mutex,
                Subject = string.Create(CultureInfo.InvariantCulture, $"{address}, held by thread {owner}"),
                HolderThreadId = owner,
                IsHolderGone = false,
            };
        }

        return reason;
    }
}
