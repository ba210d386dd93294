using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Targets.Core;

/// <summary>The memory of a dead process: what its core has, and, for memory that the core has left out, the files that were mapped there.</summary>
internal sealed class CoreMemory(CoreSegments segments, CoreFiles files) : IMemorySource
{
    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong place = unchecked(address + (ulong)done);
            Span<byte> piece = destination.Slice(done, segments.LengthOfPiece(place, destination.Length - done));
            int count = segments.Read(place, piece);
            count = count > 0 || segments.IsLeftOut(place) ? count : files.Read(place, piece);
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }
}
