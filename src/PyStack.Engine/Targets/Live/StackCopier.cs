using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// Copies the registers of all threads and the used part of their stacks while they stand still: a register call for each thread and one
/// memory call for all. What the copy means is found out when the target runs again.
/// </summary>
internal sealed unsafe class StackCopier(int processId, Limits limits) : IDisposable
{
    /// <summary>What a thread's stack holds in most cases; the memory for it is made before the pause.</summary>
    private const int UsualBytes = 16 << 10;

    private const int WarmUps = 3;

    private readonly IoVector[] _remote = new IoVector[ProcessMemory.MaxPieces];
    private readonly IoVector[] _local = new IoVector[1];
    private Piece[] _pieces = [];
    private byte[] _registers = [];
    private int[] _threadIds = [];
    private StackBounds _bounds = new(new MemoryMap([]), limits);
    private byte* _arena;
    private nuint _capacity;
    private nuint _used;
    private int _pieceCount;

    /// <summary>How many threads were copied.</summary>
    public int Count { get; private set; }

    /// <summary>Gets ready for a number of threads: makes room, touches it, and goes through a copy once.</summary>
    public void Prepare(MemoryMap map, int threads, IScatteredMemorySource memory)
    {
        _bounds = new StackBounds(map, limits);
        int room = (threads * 2) + 64;
        if (_threadIds.Length < room)
        {
            _threadIds = new int[room];
            _registers = new byte[room * ThreadRegisters.Size];
            _pieces = new Piece[room * 2];
        }

        nuint before = _capacity;
        Reserve((nuint)Math.Min((long)threads * UsualBytes, limits.StackBytesInAll));
        if (_capacity > before)
        {
            NativeMemory.Clear(_arena, _capacity);
        }

        Clear();
        if (map.Regions.Count > 0)
        {
            // All that the pause will call is called here once, so that nothing is compiled or bound while a target waits.
            ulong start = map.Regions[0].Range.Start;
            for (int i = 0; i < WarmUps; i++)
            {
                Span<byte> registers = RegistersAt(0);
                _ = _bounds.UsedPart(ThreadRegisters.StackPointer(registers), ThreadRegisters.ThreadPointer(registers), isMain: i == 0, out AddressRange home);
                Add(0, new AddressRange(start, start + 64), home);
            }

            Fetch(0, memory);
        }

        Clear();
    }

    /// <summary>The work inside of the pause. Allocates only where stacks are much larger than usual.</summary>
    public void Copy(ThreadStopper threads, IScatteredMemorySource memory)
    {
        Clear();
        int foreign = 0;
        for (int i = 0; i < threads.Count && Count < _threadIds.Length; i++)
        {
            (int threadId, bool isStopped) = threads[i];
            Span<byte> registers = RegistersAt(Count);
            if (!isStopped || !ThreadRegisters.TryRead(threadId, registers))
            {
                continue;
            }

            _threadIds[Count] = threadId;
            AddressRange used = _bounds.UsedPart(
                ThreadRegisters.StackPointer(registers), ThreadRegisters.ThreadPointer(registers), threadId == processId, out AddressRange home);
            Add(Count, used, home);
            foreign += home.Length > 0 ? 1 : 0;
            Count++;
        }

        Fetch(0, memory);
        if (foreign > 0)
        {
            CopyOwnStacks(memory);
        }
    }

    public int ThreadIdAt(int index) => _threadIds[index];

    /// <summary>The registers of a thread as <c>NT_PRSTATUS</c> has them.</summary>
    public Span<byte> RegistersAt(int index) => _registers.AsSpan(index * ThreadRegisters.Size, ThreadRegisters.Size);

    /// <summary>Reads from the copied stack of one thread, until the next copy is made.</summary>
    public IMemorySource StackAt(int index) => new StackView(this, index);

    public void Dispose()
    {
        NativeMemory.Free(_arena);
        _arena = null;
        _capacity = 0;
        Clear();
    }

    private void Clear()
    {
        Count = 0;
        _pieceCount = 0;
        _used = 0;
    }

    // A thread on another stack than its own (in a signal handler, a coroutine) has saved where it was on its own: the lowest address of
    // it that stands on the other stack is where the used part begins at the latest.
    private void CopyOwnStacks(IScatteredMemorySource memory)
    {
        int first = _pieceCount;
        for (int i = 0; i < first && _pieceCount < _pieces.Length; i++)
        {
            Piece piece = _pieces[i];
            ulong lowest = ulong.MaxValue;
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(new ReadOnlySpan<byte>(_arena + piece.Offset, piece.Length));
            for (int word = 0; piece.Home.Length > 0 && word < words.Length; word++)
            {
                if (piece.Home.Contains(words[word]) && words[word] < lowest)
                {
                    lowest = words[word];
                }
            }

            if (lowest != ulong.MaxValue)
            {
                lowest &= ~7UL;
                ulong end = Math.Min(piece.Home.End, lowest + (ulong)limits.StackBytesPerThread);
                Add(piece.Thread, new AddressRange(lowest, end));
            }
        }

        Fetch(first, memory);
    }

    private void Add(int thread, AddressRange range, AddressRange home = default)
    {
        // Words stay aligned in the copy.
        ulong start = range.Start & ~7UL;
        ulong length = range.Length == 0 ? 0 : range.End - start;
        if (length > 0 && _pieceCount < _pieces.Length && (long)_used + (long)length <= limits.StackBytesInAll)
        {
            _pieces[_pieceCount++] = new Piece { Thread = thread, Address = start, Length = (int)length, Offset = _used, Home = home };
            _used += ((nuint)length + 7) & ~(nuint)7;
        }
    }

    private void Fetch(int first, IScatteredMemorySource memory)
    {
        Reserve(_used);
        while (first < _pieceCount)
        {
            int count = Math.Min(_pieceCount - first, _remote.Length);
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

            _local[0] = new IoVector { Base = (nuint)_arena + start, Length = length };
            long read = memory.Read(_local, _remote.AsSpan(0, pieces));
            first += Account(first, pieces, read);
        }
    }

    // The read ends at the first page that cannot be read: what is in front of it counts, and the rest follows with the next call.
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
            _arena = (byte*)NativeMemory.Realloc(_arena, capacity);
            _capacity = capacity;
        }
    }

    private int Read(int thread, ulong address, Span<byte> destination)
    {
        for (int i = FirstPieceOf(thread); i < _pieceCount; i++)
        {
            ref Piece piece = ref _pieces[i];
            if (piece.Thread == thread && address - piece.Address < (ulong)piece.Length)
            {
                int offset = (int)(address - piece.Address);
                int count = Math.Min(destination.Length, piece.Length - offset);
                new ReadOnlySpan<byte>(_arena + piece.Offset + offset, count).CopyTo(destination);
                return count;
            }
        }

        return 0;
    }

    // Pieces stand in the order of their threads; a thread without one has none before its own index.
    private int FirstPieceOf(int thread)
    {
        int index = Math.Min(thread, _pieceCount - 1);
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
        public AddressRange Home;
    }

    private sealed class StackView(StackCopier copier, int thread) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination) => copier.Read(thread, address, destination);
    }
}
