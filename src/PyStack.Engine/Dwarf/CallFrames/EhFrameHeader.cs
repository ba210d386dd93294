using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>
/// The search table of <c>.eh_frame_hdr</c> (Linux Standard Base 5, Core, 10.6.2), searched in place: no entry of <c>.eh_frame</c> is read before it
/// is needed.
/// </summary>
internal readonly ref struct EhFrameHeader
{
    private const byte Version = 1;
    private const byte UsualTable = PointerEncoding.DataRelative | PointerEncoding.Signed4;
    private const int UsualEntry = 2 * sizeof(int);

    private readonly ReadOnlySpan<byte> _table;
    private readonly ulong _address;
    private readonly int _count;

    private EhFrameHeader(ReadOnlySpan<byte> table, ulong address, int count, ulong ehFrame)
    {
        _table = table;
        _address = address;
        _count = count;
        EhFrame = ehFrame;
    }

    /// <summary>The linked address of <c>.eh_frame</c>.</summary>
    public ulong EhFrame { get; }

    /// <summary>Whether there is a table in the form that linkers write; any other form is not used.</summary>
    public bool HasTable => _count > 0;

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">The section.</param>
    /// <param name="address">Its linked address.</param>
    /// <param name="header">The header.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ulong address, out EhFrameHeader header)
    {
        header = default;
        ByteCursor cursor = new(bytes);
        if (!cursor.TryReadByte(out byte version)
            || version != Version
            || !cursor.TryReadByte(out byte frameEncoding)
            || !cursor.TryReadByte(out byte countEncoding)
            || !cursor.TryReadByte(out byte tableEncoding)
            || !PointerEncoding.TryReadAddress(ref cursor, frameEncoding, address, address, 0, out ulong ehFrame))
        {
            return false;
        }

        ulong count = 0;
        bool hasTable = tableEncoding == UsualTable
            && countEncoding != PointerEncoding.Omitted
            && PointerEncoding.TryReadValue(ref cursor, countEncoding, out count);
        ReadOnlySpan<byte> table = hasTable ? cursor.Rest : default;
        header = new EhFrameHeader(table, address, (int)Math.Min(count, (ulong)(table.Length / UsualEntry)), ehFrame);
        return true;
    }

    /// <summary>Finds the last function that begins at or before an address.</summary>
    /// <param name="linkedAddress">The address.</param>
    /// <param name="entry">The linked address of its FDE.</param>
    public bool TryFind(ulong linkedAddress, out ulong entry)
    {
        entry = 0;
        ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(_table);
        long wanted = unchecked((long)(linkedAddress - _address));
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (words[middle * 2] <= wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return false;
        }

        entry = unchecked(_address + (ulong)words[((low - 1) * 2) + 1]);
        return true;
    }
}
