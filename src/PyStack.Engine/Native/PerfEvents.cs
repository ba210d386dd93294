using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>perf_event_open(2): the registers and the stack of a thread that runs, taken by the kernel at a tick of its clock.</summary>
internal static unsafe partial class PerfEvents
{
    // enum perf_type_id and perf_sw_ids (linux/perf_event.h).
    private const uint PERF_TYPE_SOFTWARE = 1;
    private const ulong PERF_COUNT_SW_CPU_CLOCK = 0;

    // enum perf_event_sample_format.
    private const ulong PERF_SAMPLE_TID = 1 << 1;
    private const ulong PERF_SAMPLE_REGS_USER = 1 << 12;
    private const ulong PERF_SAMPLE_STACK_USER = 1 << 13;

    // Bits of struct perf_event_attr: disabled, exclude_kernel, exclude_hv. Without the kernel's part every user may sample their own threads
    // (kernel.perf_event_paranoid up to 2).
    private const ulong Flags = 1 | (1 << 5) | (1 << 6);

    private const int PERF_FLAG_FD_CLOEXEC = 8;

    /// <summary>_IO('$', 0) and _IOW('$', 8, __u32): begin to count; run a program at each sample.</summary>
    private const nuint PERF_EVENT_IOC_ENABLE = 0x2400;
    private const nuint PERF_EVENT_IOC_SET_BPF = 0x40042408;

    // Bit of struct perf_event_attr: wakeup_watermark is in bytes.
    private const ulong Watermark = 1 << 14;
    private const ulong ExcludeKernel = 1 << 5;

    /// <summary>_IO('$', 2): continue for this many overflows, then stop.</summary>
    private const nuint PERF_EVENT_IOC_REFRESH = 0x2402;

    /// <summary>Makes an event that samples one thread, not yet counting. Invalid if it may not be obtained.</summary>
    /// <param name="systemCall">The number of perf_event_open(2) on the processor that we run on.</param>
    /// <param name="registers">Which registers a sample holds, one bit each (asm/perf_regs.h).</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="period">Between two samples, in nanoseconds of the thread's running time.</param>
    /// <param name="stackBytes">How much of the stack, a multiple of 8 below 65,535.</param>
    public static SafeFileHandle Open(int systemCall, ulong registers, int threadId, ulong period, uint stackBytes)
    {
        EventAttributes attributes = new()
        {
            Type = PERF_TYPE_SOFTWARE,
            Size = (uint)sizeof(EventAttributes),
            Config = PERF_COUNT_SW_CPU_CLOCK,
            SamplePeriod = period,
            SampleType = PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
            Flags = Flags,
            WakeupEvents = 1,
            SampleRegsUser = registers,
            SampleStackUser = stackBytes,
        };
        nint descriptor = SystemCall(systemCall, &attributes, threadId, -1, -1, PERF_FLAG_FD_CLOEXEC);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Makes an event that samples one thread again and again, also while it runs in the kernel, and wakes nobody. Not yet counting. Invalid if it may not be obtained, with the error in
    /// <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    /// <inheritdoc cref="Open"/>
    public static SafeFileHandle OpenRepeated(int systemCall, ulong registers, int threadId, ulong period, uint stackBytes)
    {
        EventAttributes attributes = new()
        {
            Type = PERF_TYPE_SOFTWARE,
            Size = (uint)sizeof(EventAttributes),
            Config = PERF_COUNT_SW_CPU_CLOCK,
            SamplePeriod = period,
            SampleType = PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
            Flags = (Flags & ~ExcludeKernel) | Watermark,
            WakeupEvents = int.MaxValue,
            SampleRegsUser = registers,
            SampleStackUser = stackBytes,
        };
        return new SafeFileHandle(SystemCall(systemCall, &attributes, threadId, -1, -1, PERF_FLAG_FD_CLOEXEC), ownsHandle: true);
    }

    /// <summary>Has a program run at each sample, before it is written.</summary>
    public static bool Attach(SafeFileHandle handle, SafeFileHandle program) => IoControl(handle, PERF_EVENT_IOC_SET_BPF, program.DangerousGetHandle()) == 0;

    /// <summary>Lets an event begin.</summary>
    public static bool Begin(SafeFileHandle handle) => IoControl(handle, PERF_EVENT_IOC_ENABLE, 0) == 0;

    /// <summary>Lets an event take one sample.</summary>
    public static bool TakeOne(SafeFileHandle handle) => IoControl(handle, PERF_EVENT_IOC_REFRESH, 1) == 0;

    // In C both take variable arguments; on both of our processors these are passed like fixed ones.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, EventAttributes* attributes, nint threadId, nint processor, nint group, nint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle handle, nuint request, nint argument);

    /// <summary>struct perf_event_attr up to version 5 (PERF_ATTR_SIZE_VER5, 112 bytes).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    private struct EventAttributes
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(4)]
        public uint Size;

        [FieldOffset(8)]
        public ulong Config;

        [FieldOffset(16)]
        public ulong SamplePeriod;

        [FieldOffset(24)]
        public ulong SampleType;

        [FieldOffset(40)]
        public ulong Flags;

        [FieldOffset(48)]
        public uint WakeupEvents;

        [FieldOffset(80)]
        public ulong SampleRegsUser;

        [FieldOffset(88)]
        public uint SampleStackUser;
    }
}
