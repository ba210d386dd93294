using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Profiling.Native;

/// <summary>The ring in which the kernel puts the samples of one thread: registers and the top of the stack.</summary>
internal sealed unsafe class PerfRing : IDisposable
{
    // struct perf_event_mmap_page and enum perf_event_type (linux/perf_event.h).
    private const int DataHeadOffset = 1024;
    private const int DataTailOffset = 1032;
    private const uint LostRecord = 2;
    private const uint SampleRecord = 9;
    private const int HeaderBytes = 8;

    private readonly byte[] _numbers;
    private readonly byte[] _record = new byte[1 << 16];
    private readonly byte* _buffer;
    private readonly int _dataBytes;

    private PerfRing(Processor processor, byte* buffer, int dataBytes)
    {
        (_numbers, _dataBytes) = (processor.Perf.DwarfNumbers, dataBytes);
        _buffer = buffer;
    }

    /// <summary>Samples that the kernel took and had no room for, so far.</summary>
    public long Lost { get; private set; }

    /// <summary>The registers of the last sample.</summary>
    public RegisterSet Registers { get; private set; }

    /// <summary>The stack of the last sample, from its stack pointer on.</summary>
    public ReadOnlyMemory<byte> Stack { get; private set; }

    private nuint MappedBytes => (nuint)_dataBytes + (nuint)Environment.SystemPageSize;

    /// <summary>Maps the ring of an event; null if that may not be done.</summary>
    /// <param name="dataBytes">A power of two.</param>
    public static PerfRing? TryMap(Processor processor, SafeFileHandle handle, int dataBytes)
    {
        dataBytes = Math.Max(dataBytes, Environment.SystemPageSize);
        nint buffer = FileCalls.Map(0, (nuint)dataBytes + (nuint)Environment.SystemPageSize, FileCalls.ProtectionReadWrite, FileCalls.MapShared, handle, 0);
        return buffer == -1 ? null : new PerfRing(processor, (byte*)buffer, dataBytes);
    }

    /// <summary>Takes the next sample, if there is one.</summary>
    /// <param name="isUsable">Whether it has registers and stack.</param>
    public bool TryTake(out bool isUsable)
    {
        isUsable = false;
        while (true)
        {
            ulong head = Volatile.Read(ref *(ulong*)(_buffer + DataHeadOffset));
            ulong tail = *(ulong*)(_buffer + DataTailOffset);
            if (head - tail < HeaderBytes)
            {
                return false;
            }

            Copy(tail, HeaderBytes);
            int size = Unsafe.ReadUnaligned<ushort>(ref _record[6]);
            uint type = Unsafe.ReadUnaligned<uint>(ref _record[0]);
            if (size < HeaderBytes || (ulong)size > head - tail)
            {
                // Not as it is documented: begin again at the end.
                Volatile.Write(ref *(ulong*)(_buffer + DataTailOffset), head);
                return false;
            }

            Copy(tail, size);
            Volatile.Write(ref *(ulong*)(_buffer + DataTailOffset), tail + (ulong)size);
            if (type == LostRecord)
            {
                Lost += Unsafe.ReadUnaligned<long>(ref _record[16]);
            }
            else if (type == SampleRecord)
            {
                isUsable = TryDecode(size);
                return true;
            }
        }
    }

    public void Dispose() => _ = FileCalls.Unmap((nint)_buffer, MappedBytes);

    // Header, pid and tid, then the ABI (0: no registers) and the registers, then the size of the stack's dump, the dump, and how much of it is filled.
    private bool TryDecode(int size)
    {
        int stackAt = 24 + (_numbers.Length * sizeof(ulong));
        if (size < stackAt + sizeof(ulong) || Unsafe.ReadUnaligned<ulong>(ref _record[16]) == 0)
        {
            return false;
        }

        RegisterSet registers = default;
        for (int i = 0; i < _numbers.Length; i++)
        {
            registers.Set(_numbers[i], Unsafe.ReadUnaligned<ulong>(ref _record[24 + (i * sizeof(ulong))]));
        }

        ulong dumped = Unsafe.ReadUnaligned<ulong>(ref _record[stackAt]);
        int room = size - stackAt - (2 * sizeof(ulong));
        if (room < 0 || dumped > (ulong)room)
        {
            return false;
        }

        ulong filled = Unsafe.ReadUnaligned<ulong>(ref _record[stackAt + sizeof(ulong) + (int)dumped]);
        Registers = registers;
        Stack = _record.AsMemory(stackAt + sizeof(ulong), (int)Math.Min(filled, dumped));
        return true;
    }

    private void Copy(ulong from, int count)
    {
        int at = (int)(from & (ulong)(_dataBytes - 1));
        int first = Math.Min(count, _dataBytes - at);
        byte* data = _buffer + Environment.SystemPageSize;
        new ReadOnlySpan<byte>(data + at, first).CopyTo(_record);
        new ReadOnlySpan<byte>(data, count - first).CopyTo(_record.AsSpan(first));
    }
}
