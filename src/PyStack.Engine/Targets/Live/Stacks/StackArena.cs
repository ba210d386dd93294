using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>
/// Pieces of a target's memory in one block of ours, each of one thread's stack: they are noted first and then fetched together, in one call for a thousand.
/// Made for the pause: nothing is allocated there unless stacks are much larger than was reserved.
/// </summary>
/// <param name="limits">Bounds the bytes of all pieces.</param>
internal sealed unsafe class StackArena(Limits limits) : IDisposable
{
    private readonly IoVector[] _remote = new IoVector[ProcessMemory.MaxPieces];
    private readonly IoVector[] _local = new IoVector[1];
    private Piece[] _pieces = [];
    private byte* _block;
    private nuint _capacity;
    private nuint _used;
    private int _inOrder;

    /// <summary>How many pieces were noted.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for a number of pieces and bytes, and touches it.</summary>
    public void Reserve(int pieces, long bytes)
    {
        if (_pieces.Length < pieces)
        {
            _pieces = new Piece[pieces];
        }

        nuint before = _capacity;
        Reserve((nuint)Math.Min(bytes, limits.StackBytesInAll));
        if (_capacity > before)
        {
            NativeMemory.Clear(_block, _capacity);
        }
    }

    /// <summary>Forgets all pieces and keeps the room.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        _inOrder = 0;
    }

    /// <summary>Notes a piece; left out where there is no room for it, or the range is empty.</summary>
    /// <param name="thread">An index; those of the first fetch come in ascending order.</param>
    /// <param name="ownStack">Kept with the piece for the caller.</param>
    public void Add(int thread, AddressRange range, AddressRange ownStack = default)
    {
        // Words stay aligned in the copy.
        ulong start = range.Start & ~7UL;
        ulong length = range.Length == 0 ? 0 : range.End - start;
        if (length > 0 && Count < _pieces.Length && (long)_used + (long)length <= limits.StackBytesInAll)
        {
            _pieces[Count++] = new Piece { Thread = thread, Address = start, Length = (int)length, Offset = _used, OwnStack = ownStack };
            _used += ((nuint)length + 7) & ~(nuint)7;
        }
    }

    /// <summary>The thread of a piece, the range that was kept with it, and its words as far as they were fetched.</summary>
    public ReadOnlySpan<ulong> WordsOf(int piece, out int thread, out AddressRange ownStack)
    {
        ref Piece one = ref _pieces[piece];
        thread = one.Thread;
        ownStack = one.OwnStack;
        return MemoryMarshal.Cast<byte, ulong>(new ReadOnlySpan<byte>(_block + one.Offset, one.Length));
    }

    /// <summary>Fetches the pieces from one on. What cannot be read is left out of its piece.</summary>
    public void Fetch(int first, IScatteredMemorySource memory)
    {
        _inOrder = first == 0 ? Count : _inOrder;
        Reserve(_used);
        while (first < Count)
        {
            int count = Math.Min(Count - first, _remote.Length);
            nuint start = _pieces[first].Offset;
            nuint length = 0;
            int pieces = 0;
            for (; pieces < count; pieces++)
            {
                ref Piece piece = ref _pieces[first + pieces];

                // One local piece for all: where a length is no multiple of 8 the next would not follow.
                if (start + length != piece.Offset)
                {
                    break;
                }

                _remote[pieces] = new IoVector { Base = (nuint)piece.Address, Length = (nuint)piece.Length };
                length += (nuint)piece.Length;
            }

            _local[0] = new IoVector { Base = (nuint)_block + start, Length = length };
            long read = memory.Read(_local, _remote.AsSpan(0, pieces));
            first += Account(first, pieces, read);
        }
    }

    /// <summary>The addresses of a thread's pieces.</summary>
    public List<AddressRange> RangesOf(int thread)
    {
        List<AddressRange> ranges = [];
        for (int i = FirstPieceOf(thread); i < Count; i++)
        {
            if (_pieces[i].Thread == thread && _pieces[i].Length > 0)
            {
                ranges.Add(AddressRange.OfLength(_pieces[i].Address, (ulong)_pieces[i].Length));
            }
        }

        return ranges;
    }

    /// <summary>Reads from the pieces of one thread; 0 where they have nothing.</summary>
    public int Read(int thread, ulong address, Span<byte> destination)
    {
        for (int i = FirstPieceOf(thread); i < Count; i++)
        {
            ref Piece piece = ref _pieces[i];
            if (piece.Thread == thread && address - piece.Address < (ulong)piece.Length)
            {
                int offset = (int)(address - piece.Address);
                int count = Math.Min(destination.Length, piece.Length - offset);
                new ReadOnlySpan<byte>(_block + piece.Offset + offset, count).CopyTo(destination);
                return count;
            }
        }

        return 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
        _capacity = 0;
        Clear();
    }

    // The read ends at the first page that cannot be read: what is before it is kept, and the rest follows with the next call.
    private int Account(int first, int pieces, long read)
    {
        for (int i = 0; i < pieces; i++)
        {
            ref Piece piece = ref _pieces[first + i];
            if (read < piece.Length)
            {
                piece.Length = (int)Math.Max(0, read);
                return i + 1;
            }

            read -= piece.Length;
        }

        return pieces;
    }

    private void Reserve(nuint bytes)
    {
        if (bytes > _capacity)
        {
            nuint capacity = Math.Max(bytes, _capacity * 2);
            _block = (byte*)NativeMemory.Realloc(_block, capacity);
            _capacity = capacity;
        }
    }

    // The pieces of the first fetch are in the order of their threads, and a thread without one has none before its own index. What was fetched
    // later is after them.
    private int FirstPieceOf(int thread)
    {
        int index = Math.Min(thread, _inOrder - 1);
        while (index > 0 && _pieces[index - 1].Thread >= thread)
        {
            index--;
        }

        return Math.Max(0, index);
    }

    private struct Piece
    {
        public int Thread;
        public ulong Address;
        public int Length;
        public nuint Offset;
        public AddressRange OwnStack;
    }
}
