using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>bpf(2): small programs that the kernel checks and runs at an event, here at a sample of perf_event_open(2), and the memory that they write to.</summary>
internal static unsafe partial class BpfCalls
{
    // enum bpf_cmd, bpf_map_type and bpf_prog_type (linux/bpf.h).
    private const int BPF_MAP_CREATE = 0;
    private const int BPF_PROG_LOAD = 5;
    private const uint BPF_MAP_TYPE_ARRAY = 2;
    private const uint BPF_PROG_TYPE_PERF_EVENT = 7;

    /// <summary>The array can be mapped (Linux 5.5 and later, as is the call that reads the target's memory).</summary>
    private const uint BPF_F_MMAPABLE = 1 << 10;

    /// <summary>Makes an array of one element. Invalid if it may not be had, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    /// <param name="systemCall">The number of bpf(2) on the processor that we run on.</param>
    public static SafeFileHandle CreateArray(int systemCall, int bytes)
    {
        MapAttributes attributes = new() { Type = BPF_MAP_TYPE_ARRAY, KeySize = sizeof(uint), ValueSize = (uint)bytes, MaxEntries = 1, Flags = BPF_F_MMAPABLE };
        return new SafeFileHandle(SystemCall(systemCall, BPF_MAP_CREATE, &attributes, (nuint)sizeof(MapAttributes)), ownsHandle: true);
    }

    /// <summary>Has the kernel check and load a program for events. Invalid if it may not be, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    /// <param name="instructions">As <c>struct bpf_insn</c>.</param>
    public static SafeFileHandle Load(int systemCall, ReadOnlySpan<ulong> instructions)
    {
        // The call that reads the target's memory is for programs whose licence is compatible with the kernel's; ours (MIT) is.
        ReadOnlySpan<byte> licence = "Dual MIT/GPL\0"u8;
        fixed (ulong* first = instructions)
        fixed (byte* text = licence)
        {
            ProgramAttributes attributes = new() { Type = BPF_PROG_TYPE_PERF_EVENT, Count = (uint)instructions.Length, Instructions = (ulong)first, Licence = (ulong)text };
            return new SafeFileHandle(SystemCall(systemCall, BPF_PROG_LOAD, &attributes, (nuint)sizeof(ProgramAttributes)), ownsHandle: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint command, void* attributes, nuint size);

    /// <summary>union bpf_attr for BPF_MAP_CREATE, up to map_flags.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MapAttributes
    {
        public uint Type;
        public uint KeySize;
        public uint ValueSize;
        public uint MaxEntries;
        public uint Flags;
    }

    /// <summary>union bpf_attr for BPF_PROG_LOAD, up to prog_flags; no log.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramAttributes
    {
        public uint Type;
        public uint Count;
        public ulong Instructions;
        public ulong Licence;
        public uint LogLevel;
        public uint LogSize;
        public ulong Log;
        public uint KernelVersion;
        public uint Flags;
    }
}
