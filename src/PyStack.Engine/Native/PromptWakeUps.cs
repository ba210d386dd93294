using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// Makes the calling OS thread wake up from short sleeps in time, until it is disposed of on the same thread. The kernel's slack of 50 µs for its timers is removed. From Linux 6.12 on it asks for the shortest slice: then
/// it is given a processor at once also where another thread runs, which otherwise may run on for milliseconds. It gets no larger share of a processor by that, and needs no right. Older kernels ignore it.
/// </summary>
internal readonly unsafe partial struct PromptWakeUps : IDisposable
{
    // linux/prctl.h
    private const int PR_SET_TIMERSLACK = 29;
    private const int PR_GET_TIMERSLACK = 30;

    /// <summary>linux/sched.h: threads that this one begins have the usual slice.</summary>
    private const ulong SCHED_FLAG_RESET_ON_FORK = 1;

    /// <summary>The shortest that there is (kernel/sched/syscalls.c, 6.12 and later).</summary>
    private const ulong ShortestSlice = 100_000;

    /// <summary>arch/x86/entry/syscalls/syscall_64.tbl; asm-generic/unistd.h for aarch64 and every later processor.</summary>
    private static readonly nint SetAttributes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 314 : 274;
    private static readonly nint GetAttributes = SetAttributes + 1;

    private readonly Attributes _before;
    private readonly bool _isChanged;
    private readonly nint _slack;

    private PromptWakeUps(in Attributes before, bool isChanged, nint slack) => (_before, _isChanged, _slack) = (before, isChanged, slack);

    public static PromptWakeUps Begin()
    {
        nint slack = Prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
        _ = Prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
        Attributes before = default;
        bool isChanged = SystemCall(GetAttributes, 0, &before, (nuint)sizeof(Attributes), 0) == 0 && before.Policy == 0;
        if (isChanged)
        {
            Attributes changed = before;
            changed.Runtime = ShortestSlice;
            changed.Flags |= SCHED_FLAG_RESET_ON_FORK;
            isChanged = SystemCall(SetAttributes, 0, &changed, 0, 0) == 0;
        }

        return new PromptWakeUps(before, isChanged, slack);
    }

    public void Dispose()
    {
        if (_slack > 0)
        {
            _ = Prctl(PR_SET_TIMERSLACK, _slack, 0, 0, 0);
        }

        if (_isChanged)
        {
            // Removing the flag needs CAP_SYS_NICE; without it only the slice goes back.
            Attributes before = _before;
            if (SystemCall(SetAttributes, 0, &before, 0, 0) != 0)
            {
                before.Flags |= SCHED_FLAG_RESET_ON_FORK;
                _ = SystemCall(SetAttributes, 0, &before, 0, 0);
            }
        }
    }

    /// <summary>struct sched_attr of 48 bytes (linux/sched/types.h, SCHED_ATTR_SIZE_VER0).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Niceness;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nint value, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint threadId, Attributes* attributes, nuint sizeOrFlags, nuint flags);
}
