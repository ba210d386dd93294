using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Memory;

/// <summary>Remembers the pages that were read, for searches that come back to the same ones many times. Not for a target that moves.</summary>
internal sealed class CachedMemory(IMemorySource memory) : IMemorySource
{
    private const int PageSize = 4096;

    /// <summary>16 MB; then it begins again.</summary>
    private const int MaxPages = 4096;

    private readonly Dictionary<ulong, byte[]> _pages = new(AddressHash.Comparer);

    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = unchecked(address + (ulong)done);
            int offset = (int)(at % PageSize);
            ReadOnlySpan<byte> page = Page(at - (ulong)offset);
            if (page.Length <= offset)
            {
                break;
            }

            int count = Math.Min(page.Length - offset, destination.Length - done);
            page.Slice(offset, count).CopyTo(destination[done..]);
            done += count;
            if (page.Length < PageSize && done < destination.Length)
            {
                break;
            }
        }

        return done;
    }

    // What cannot be read is remembered as well: an empty page.
    private byte[] Page(ulong start)
    {
        if (_pages.TryGetValue(start, out byte[]? page))
        {
            return page;
        }

        if (_pages.Count >= MaxPages)
        {
            _pages.Clear();
        }

        page = new byte[PageSize];
        int count = memory.Read(start, page);
        if (count < PageSize)
        {
            page = page[..count];
        }

        _pages.Add(start, page);
        return page;
    }
}
