using System;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>The memory that a core itself has. O(log n).</summary>
internal sealed class CoreSegments(CoreFile core) : IMemorySource
{
    private readonly ProgramHeader[] _segments = core.Segments;

    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int count = ReadPiece(unchecked(address + (ulong)done), destination[done..]);
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    /// <summary>How many bytes from an address on are of one segment, whether the core has them or not; all that were asked for where there is none.</summary>
    public int LengthOfPiece(ulong address, int wanted)
    {
        int index = Find(address);
        return index < 0 ? wanted : (int)Math.Min((ulong)wanted, _segments[index].MemorySize - (address - _segments[index].Address));
    }

    /// <summary>Whether the core has none of the process's own data at an address because PyStack did not need it: the file that was mapped there has other data.</summary>
    public bool IsLeftOut(ulong address) => core.Notes.Saved is not null && Find(address) is >= 0 and int index && _segments[index].IsWritable;

    private int ReadPiece(ulong address, Span<byte> destination)
    {
        int index = Find(address);
        if (index < 0)
        {
            return 0;
        }

        ref readonly ProgramHeader segment = ref _segments[index];
        ulong inside = address - segment.Address;
        ulong held = Math.Min(segment.FileSize, segment.MemorySize);
        return inside >= held
            ? 0
            : core.Bytes.Read(unchecked(segment.FileOffset + inside), destination[..(int)Math.Min((ulong)destination.Length, held - inside)]);
    }

    private int Find(ulong address)
    {
        int index = SortedSearch.LastAtOrBefore<ProgramHeader>(_segments, address, static segment => segment.Address);
        return index >= 0 && address - _segments[index].Address < _segments[index].MemorySize ? index : -1;
    }
}
