using System;

namespace PyStack.Engine.Memory;

/// <summary>Memory of which one part is elsewhere: what was at <paramref name="start"/> is now at <paramref name="copy"/>, as the part of a C stack that a greenlet has saved.</summary>
internal sealed class MovedBytes(IMemorySource source, ulong start, ulong length, ulong copy) : IMemorySource
{
    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = unchecked(address + (ulong)done);
            ulong inside = unchecked(at - start);
            bool isMoved = inside < length;
            ulong room = isMoved ? length - inside : at < start ? start - at : ulong.MaxValue;
            int count = (int)Math.Min(room, (ulong)(destination.Length - done));
            int read = source.Read(isMoved ? copy + inside : at, destination.Slice(done, count));
            done += read;
            if (read < count)
            {
                break;
            }
        }

        return done;
    }
}
