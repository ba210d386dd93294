using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// Samples one thread while it runs: at each tick of a clock that counts its time on a processor the kernel copies its registers, the top of its stack, and by a program of ours its Python frames.
/// </summary>
internal sealed unsafe class RunningThread : IDisposable
{
    /// <summary>What is copied of a stack at first; what a sample can hold at most.</summary>
    public const int FirstStackBytes = 8 << 10;
    public const int MaxStackBytes = 60 << 10;

    private const int MaxRingBytes = 512 << 10;

    public const int FirstFrames = 128;
    public const int MaxFrames = 4096;

    private readonly SafeFileHandle _event;
    private readonly SafeFileHandle _array;
    private readonly SafeFileHandle _program;
    private readonly PerfRing _ring;
    private readonly byte* _slots;
    private readonly SnapshotLayout _layout;
    private ulong _taken;
    private long _lost;

    private RunningThread(SafeFileHandle sampled, SafeFileHandle array, SafeFileHandle program, PerfRing ring, byte* slots, SnapshotLayout layout, IMemorySource live)
    {
        (_event, _array, _program, _ring, _layout) = (sampled, array, program, ring, layout);
        _slots = slots;
        Python = new SnapshotMemory(layout, live);
    }

    public PerfRing Native => _ring;

    public SnapshotMemory Python { get; }

    /// <summary>Begins to sample a thread.</summary>
    /// <param name="state">The address of its thread state.</param>
    /// <param name="period">Nanoseconds of its time on a processor.</param>
    /// <param name="samples">How many samples there should be room for before they are taken, a power of two.</param>
    /// <param name="refusal">On failure which system call was refused.</param>
    public static RunningThread? TryStart(
        Processor processor, PythonLayout layout, GilAddress? gil, IMemorySource live, int threadId, ulong state, ulong period, int stackBytes, int maxFrames, int samples, out PerfRefusal refusal)
    {
        SnapshotLayout at = new(layout, gil, maxFrames, samples);
        SafeFileHandle sampled = PerfEvents.OpenRepeated(processor.SystemCalls.PerfEventOpen, processor.Perf.Mask, threadId, period, (uint)stackBytes);
        refusal = new PerfRefusal("perf_event_open", Marshal.GetLastPInvokeError());
        if (sampled.IsInvalid)
        {
            sampled.Dispose();
            return null;
        }

        SafeFileHandle array = BpfCalls.CreateArray(processor.SystemCalls.Bpf, at.Bytes);
        refusal = new PerfRefusal("bpf", Marshal.GetLastPInvokeError());
        SafeFileHandle program = array.IsInvalid
            ? new SafeFileHandle(-1, ownsHandle: false)
            : BpfCalls.Load(processor.SystemCalls.Bpf, SnapshotProgram.Make(at, (int)array.DangerousGetHandle(), state));
        refusal = array.IsInvalid ? refusal : new PerfRefusal("bpf", Marshal.GetLastPInvokeError());
        if (!program.IsInvalid && PerfEvents.Attach(sampled, program))
        {
            nint slots = FileCalls.Map(0, (nuint)at.Bytes, FileCalls.ProtectionReadWrite, FileCalls.MapShared, array, 0);
            PerfRing? ring = slots == -1 ? null : MapRing(processor, sampled, stackBytes, samples);
            if (ring is not null)
            {
                RunningThread thread = new(sampled, array, program, ring, (byte*)slots, at, live);
                if (PerfEvents.Begin(sampled))
                {
                    return thread;
                }

                thread.Dispose();
                return null;
            }

            refusal = new PerfRefusal("mmap", Marshal.GetLastPInvokeError());
            _ = slots == -1 ? 0 : FileCalls.Unmap(slots, (nuint)at.Bytes);
        }

        program.Dispose();
        array.Dispose();
        sampled.Dispose();
        return null;
    }

    // What an ordinary user may have mapped is little (kernel.perf_event_mlock_kb).
    private static PerfRing? MapRing(Processor processor, SafeFileHandle sampled, int stackBytes, int samples)
    {
        int one = (int)BitOperations.RoundUpToPowerOf2((uint)stackBytes);
        return PerfRing.TryMap(processor, sampled, Math.Min(one * samples, MaxRingBytes)) ?? PerfRing.TryMap(processor, sampled, one * 2);
    }

    /// <summary>Takes the next sample.</summary>
    /// <param name="lost">How many the kernel has lost before it.</param>
    /// <param name="isUsable">Whether the thread's registers and its Python frames are there, of the same sample.</param>
    public bool TryTake(out long lost, out bool isUsable)
    {
        bool isTaken = _ring.TryTake(out isUsable);
        lost = _ring.Lost - _lost;
        _lost = _ring.Lost;
        if (!isTaken)
        {
            return false;
        }

        // The program runs before a sample is written, and also before one that is lost.
        _taken += (ulong)lost + 1;
        byte* slot = _slots + SnapshotLayout.FirstSlot + ((int)((_taken - 1) & (ulong)(_layout.Slots - 1)) * _layout.SlotBytes);
        Python.Begin(slot);
        isUsable = isUsable && Python.Number == _taken && Python.IsRead;
        return true;
    }

    /// <summary>Whether the slot of the last sample has not been used again meanwhile.</summary>
    public bool IsStillThere => Python.Number == _taken;

    public void Dispose()
    {
        _event.Dispose();
        _ring.Dispose();
        _ = FileCalls.Unmap((nint)_slots, (nuint)_layout.Bytes);
        _program.Dispose();
        _array.Dispose();
    }
}

/// <summary>What the kernel refused.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Error">Its error.</param>
internal readonly record struct PerfRefusal(string? Call, int Error);
