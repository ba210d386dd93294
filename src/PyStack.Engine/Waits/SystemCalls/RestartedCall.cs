using System;
using System.Buffers.Binary;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>
/// Which call restart_syscall(2) continues: after a thread was stopped in a call that has a timeout, the kernel makes it go on by this one. The arguments are still those of the first
/// call; its number is in the code that made it.
/// </summary>
internal static class RestartedCall
{
    public const string Name = "restart_syscall";

    /// <summary>Bytes of code before the call that are looked at.</summary>
    private const int CodeBytes = 64;

    // mov $n, %eax; movz x8, #n.
    private const byte MoveToEax = 0xb8;
    private const uint MoveToX8 = 0xd280_0008;

    /// <summary>linux/time.h, MAX_CLOCKS.</summary>
    private const ulong LastClock = 16;

    // Those that use it: -ERESTART_RESTARTBLOCK in fs/select.c, kernel/futex, kernel/time.
    private static readonly string[] Restarted = ["poll", "nanosleep", "clock_nanosleep", "futex"];

    /// <summary>
    /// The name of the call by the kernel function that the thread sleeps in (fs/select.c, kernel/futex/waitwake.c, kernel/time/hrtimer.c): musl makes all calls that can wait from one place, to which the
    /// number is an argument. Null if it is another function.
    /// </summary>
    public static string? Find(ReadOnlySpan<byte> kernelFunction, in SystemCall call)
        => kernelFunction.StartsWith("futex_"u8) ? "futex"
            : kernelFunction.StartsWith("poll_"u8) || kernelFunction.StartsWith("do_poll"u8) || kernelFunction.StartsWith("do_sys_poll"u8) ? "poll"
            : !kernelFunction.StartsWith("hrtimer_nanosleep"u8) && !kernelFunction.StartsWith("do_nanosleep"u8) ? null

            // The first argument is a small number, the clock, or the address of the time.
            : call.First <= LastClock ? "clock_nanosleep" : "nanosleep";

    /// <summary>The name of the call that is continued; null if the code does not show it.</summary>
    public static string? Find(ITarget target, in SystemCall call)
    {
        Span<byte> code = stackalloc byte[CodeBytes];
        SystemCallTable table = target.Processor.SystemCalls;
        if (call.InstructionPointer < CodeBytes || !target.Memory.TryRead(call.InstructionPointer - CodeBytes, code))
        {
            return null;
        }

        // The one that is nearest to the call.
        bool isArm = target.Processor.Machine == ElfMachine.Arm64;
        for (int at = CodeBytes - (isArm ? 4 : 5); at >= 0; at -= isArm ? 4 : 1)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[(isArm ? at : at + 1)..]);
            bool isMove = isArm ? (word & ~(0xffffu << 5)) == MoveToX8 : code[at] == MoveToEax;
            if (isMove && table.NameOf(isArm ? (word >> 5) & 0xffff : word) is string name && Array.IndexOf(Restarted, name) >= 0)
            {
                return name;
            }
        }

        return null;
    }
}
