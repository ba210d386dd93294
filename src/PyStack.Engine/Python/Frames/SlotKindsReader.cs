using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Frames;

/// <summary>
/// Reads how many slots code objects have and of which kinds, and makes sure that the copy has their names, which are decoded from it afterwards. In the pause it allocates nothing
/// and reads only the names of code objects that the rehearsal has not seen.
/// </summary>
internal sealed class SlotKindsReader(PythonLayout layout, Limits limits)
{
    private readonly byte[] _code = new byte[layout.Locals.CodeSize];
    private readonly byte[] _own = new byte[limits.VariablesPerFrame];
    private byte[] _kinds = new byte[4096];
    private int _kindsUsed;
    private readonly AddressTable<Entry> _entries = new(256);
    private int _round;

    /// <summary>Begins a pass over a copy.</summary>
    /// <param name="isFixed">Whether this is the pause, which allocates nothing and uses the result of the rehearsal if the code object has not changed.</param>
    public void Begin(bool isFixed)
    {
        _entries.IsFixed = isFixed;
        _round++;
        if (!isFixed)
        {
            _entries.Clear();
            _kindsUsed = 0;
        }
    }

    /// <summary>Prepares for the pause that follows a rehearsal: reserves the same size again.</summary>
    public void ReserveDouble()
    {
        _entries.ReserveDouble(spare: 64);
        if (_kinds.Length < (_kindsUsed * 2) + 4096)
        {
            Array.Resize(ref _kinds, (_kindsUsed * 2) + 4096);
        }
    }

    /// <summary>The slots of a code object; false if there is no valid one at the address.</summary>
    public bool TryGet(IPrefetchMemory copy, ulong address, out SlotKinds kinds)
    {
        ref Entry entry = ref _entries.Find(address);
        if (entry.Address != 0 && entry.Round == _round)
        {
            return entry.TryMake(_kinds, out kinds);
        }

        bool isCode = CodeHeader.TryRead(copy, address, layout.Locals, _code, out CodeHeader header);
        if (entry.Address != 0 && isCode && entry.Header == header)
        {
            entry.Round = _round;
            return entry.TryMake(_kinds, out kinds);
        }

        Entry read = new() { Address = address, Header = header, Round = _round, Count = -1 };
        if (isCode)
        {
            ReadNew(copy, ref read);
        }

        Note(ref read);
        return read.TryMake(read.IsKept ? _kinds : _own, out kinds);
    }

    // Its kinds are then in the buffer.
    private void ReadNew(IPrefetchMemory copy, ref Entry read)
    {
        int locals = PrefetchNames(copy, read.Header.Names, 0);
        int cells = PrefetchNames(copy, read.Header.CellNames, locals);
        int free = PrefetchNames(copy, read.Header.FreeNames, locals + cells);
        if (!read.Header.Fits(locals, cells, free))
        {
            return;
        }

        int count = locals + cells + free;
        int kinds = 0;
        if (layout.Locals.Kinds is not null)
        {
            if (!BytesObject.TryLocate(copy, read.Header.Kinds, layout, limits.VariablesPerFrame, out ulong data, out int length)
                || length != count
                || !copy.TryRead(data, _own.AsSpan(0, length)))
            {
                return;
            }

            kinds = length;
        }

        (read.Count, read.LocalCount, read.KindsLength) = (count, locals, kinds);
    }

    private void Note(ref Entry read)
    {
        if (read.Address == 0)
        {
            return;
        }

        ReadOnlySpan<byte> kinds = _own.AsSpan(0, read.KindsLength);
        if (_kinds.Length - _kindsUsed < kinds.Length)
        {
            if (_entries.IsFixed)
            {
                return;
            }

            Array.Resize(ref _kinds, Math.Max(_kinds.Length * 2, _kindsUsed + kinds.Length));
        }

        kinds.CopyTo(_kinds.AsSpan(_kindsUsed));
        Entry kept = read with { KindsStart = _kindsUsed, IsKept = true };
        if (_entries.Set(kept))
        {
            _kindsUsed += kinds.Length;
            read = kept;
        }
    }

    // The number of names in a tuple of the code object; -1 if it is not a tuple, 0 if the version has no such tuple.
    private int PrefetchNames(IPrefetchMemory copy, ulong? place, int before)
    {
        if (place is not ulong tuple)
        {
            return 0;
        }

        if (before < 0 || !copy.TryRead(tuple + (ulong)layout.Object.VarSize, out long count) || count < 0 || count > limits.VariablesPerFrame - before)
        {
            return -1;
        }

        for (int i = 0; i < count; i++)
        {
            if (!copy.TryReadPointer(tuple + (ulong)layout.Values.TupleItems + ((ulong)i * sizeof(ulong)), out ulong text)
                || !NameObject.TryLocate(copy, text, layout, limits.NameLength, out ulong data, out int length)
                || !copy.Prefetch(data, length))
            {
                return -1;
            }
        }

        return (int)count;
    }

    private struct Entry : IAddressSlot
    {
        public ulong Address { get; init; }

        public CodeHeader Header;
        public int Round;

        /// <summary>-1 if there is no valid code object at the address.</summary>
        public int Count;
        public int LocalCount;
        public int KindsStart;
        public int KindsLength;
        public bool IsKept;

        public readonly bool TryMake(byte[] kinds, out SlotKinds made)
        {
            made = Count < 0 ? default : new SlotKinds(Count, LocalCount, Header.IsOptimized, kinds.AsSpan(KindsStart, KindsLength));
            return Count >= 0;
        }
    }
}
