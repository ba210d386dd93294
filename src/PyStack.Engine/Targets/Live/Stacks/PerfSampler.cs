using System;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>One sample of one running thread: the kernel copies its registers and the top of its stack at a tick of its clock.</summary>
internal sealed unsafe class PerfSampler : IDisposable
{
    private const int PageSize = 4096;

    /// <summary>Behind the page that the kernel and we share: a power of two, and room for two of the largest samples.</summary>
    private const int DataPages = 32;

    /// <summary>A sample's size is a 16-bit number: 64 KB with all registers.</summary>
    private const uint StackBytes = 60 << 10;

    /// <summary>Nanoseconds that a thread runs before the sample.</summary>
    private const ulong Period = 50_000;

    // struct perf_event_mmap_page and struct perf_event_header (linux/perf_event.h).
    private const int DataHeadOffset = 1024;
    private const uint SampleRecord = 9;

    private readonly byte[] _registers;
    private readonly SafeFileHandle _handle;
    private readonly byte* _buffer;

    private PerfSampler(Processor processor, int threadId, SafeFileHandle handle, byte* buffer)
    {
        _registers = processor.Perf.DwarfNumbers;
        ThreadId = threadId;
        _handle = handle;
        _buffer = buffer;
    }

    public int ThreadId { get; }

    private static nuint BufferBytes => (DataPages * PageSize) + (nuint)Environment.SystemPageSize;

    /// <summary>Begins to sample a thread; null if that may not be done.</summary>
    public static PerfSampler? TryStart(Processor processor, int threadId)
    {
        SafeFileHandle handle = PerfEvents.Open(processor.SystemCalls.PerfEventOpen, processor.Perf.Mask, threadId, Period, StackBytes);
        if (!handle.IsInvalid)
        {
            nint buffer = FileCalls.Map(0, BufferBytes, FileCalls.ProtectionReadWrite, FileCalls.MapShared, handle, 0);
            if (buffer != -1)
            {
                PerfSampler sampler = new(processor, threadId, handle, (byte*)buffer);
                if (PerfEvents.TakeOne(handle))
                {
                    return sampler;
                }

                sampler.Dispose();
                return null;
            }
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Takes the sample if it has come.</summary>
    public bool TryTake(out SampledThread thread)
    {
        thread = null!;
        ulong head = Volatile.Read(ref *(ulong*)(_buffer + DataHeadOffset));
        if (head < sizeof(ulong) || head > DataPages * PageSize)
        {
            return false;
        }

        ReadOnlySpan<byte> record = new(_buffer + Environment.SystemPageSize, (int)head);
        int size = MemoryMarshal.Read<ushort>(record[6..]);
        if (MemoryMarshal.Read<uint>(record) != SampleRecord || size > record.Length)
        {
            return false;
        }

        return TryDecode(_registers, ThreadId, record[..size], out thread);
    }

    public void Dispose()
    {
        _ = FileCalls.Unmap((nint)_buffer, BufferBytes);
        _handle.Dispose();
    }

    // Header, pid and tid, then the ABI (0: no registers) and the registers, then the size of the stack's dump, the dump, and how
    // much of it is filled.
    internal static bool TryDecode(ReadOnlySpan<byte> numbers, int threadId, ReadOnlySpan<byte> record, out SampledThread thread)
    {
        thread = null!;
        int stackAt = 24 + (numbers.Length * sizeof(ulong));
        if (record.Length < stackAt + 8 || MemoryMarshal.Read<ulong>(record[16..]) == 0)
        {
            return false;
        }

        (int, ulong)[] registers = new (int, ulong)[numbers.Length];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = (numbers[i], MemoryMarshal.Read<ulong>(record[(24 + (i * sizeof(ulong)))..]));
        }

        ulong size = MemoryMarshal.Read<ulong>(record[stackAt..]);
        int room = record.Length - stackAt - (2 * sizeof(ulong)); // negative without a stack: its pointer led nowhere
        if (room < 0 || size > (ulong)room)
        {
            return false;
        }

        ulong filled = MemoryMarshal.Read<ulong>(record[(stackAt + 8 + (int)size)..]);
        byte[] stack = record.Slice(stackAt + 8, (int)Math.Min(filled, size)).ToArray();
        thread = new SampledThread(threadId, registers, stack, IsCoherent: false);
        return true;
    }
}
