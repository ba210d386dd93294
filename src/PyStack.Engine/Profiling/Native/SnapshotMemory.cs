using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// One slot of the kernel's copies, as memory for a <see cref="FrameWalker"/>. What has other sizes than frames and is not in the copy does not change while a thread runs (where the copies of the bytecode of a
/// free-threaded interpreter are, the outermost shim): it is read as it is now.
/// </summary>
internal sealed unsafe class SnapshotMemory(SnapshotLayout at, IMemorySource live) : IMemorySource
{
    private byte* _slot;
    private int _index;
    private ulong _address;

    /// <summary>The number of the sample.</summary>
    public ulong Number => Word(SnapshotLayout.Number);

    /// <summary>Whether the program came to its end.</summary>
    public bool IsRead => Word(SnapshotLayout.IsRead) == 1;

    /// <summary>Whether there was no room for all frames.</summary>
    public bool IsFull => Word(SnapshotLayout.Next) != 0 && Word(SnapshotLayout.Count) >= (ulong)at.MaxFrames;

    /// <summary>The bytes of the thread state.</summary>
    public ReadOnlySpan<byte> State => new(_slot + SnapshotLayout.State, at.StateBytes);

    /// <summary>Whether a thread state held the GIL; null if that is not known.</summary>
    public bool? HasGil(ulong state)
        => at.GilAddress is not { } gil ? null
            : Unsafe.ReadUnaligned<int>(_slot + SnapshotLayout.Gil + (int)(gil.Locked - gil.LastHolder)) == 1 && Word(SnapshotLayout.Gil) == state;

    /// <summary>Begins with a slot.</summary>
    public void Begin(byte* slot)
    {
        _slot = slot;
        Rewind();
    }

    public int Read(ulong address, Span<byte> destination)
    {
        if (destination.Length == at.FrameBytes)
        {
            return ReadFrame(address, destination);
        }

        if (destination.Length != sizeof(ulong))
        {
            return 0;
        }

        if (at.Python.Thread.CFrame is int cframe && at.Python.Thread.CFrameCurrentFrame is int current)
        {
            ulong head = Word(SnapshotLayout.State + cframe) + (ulong)current;
            int offset = address == head ? SnapshotLayout.Head
                : address == head + sizeof(ulong) ? SnapshotLayout.Caller
                : address == Word(SnapshotLayout.Caller) + (ulong)current ? SnapshotLayout.CallerHead
                : 0;
            if (offset > 0)
            {
                new ReadOnlySpan<byte>(_slot + offset, sizeof(ulong)).CopyTo(destination);
                return sizeof(ulong);
            }
        }

        return live.Read(address, destination);
    }

    // The walker asks for them in their order, perhaps a second time.
    private int ReadFrame(ulong address, Span<byte> destination)
    {
        int count = (int)Math.Min(Word(SnapshotLayout.Count), (ulong)at.MaxFrames);
        if (_index >= count || _address != address)
        {
            Rewind();
            while (_index < count && _address != address)
            {
                Step();
            }
        }

        if (_index >= count)
        {
            return 0;
        }

        new ReadOnlySpan<byte>(_slot + at.Frames + (_index * at.Stride), at.FrameBytes).CopyTo(destination);
        Step();
        return at.FrameBytes;
    }

    private void Rewind() => (_index, _address) = (0, Word(SnapshotLayout.Head));

    private void Step()
    {
        _address = Word(at.Frames + (_index * at.Stride) + at.Python.Frame.Previous);
        _index++;
    }

    private ulong Word(int offset) => Unsafe.ReadUnaligned<ulong>(_slot + offset);
}
