using System;

namespace PyStack.Engine.Memory;

/// <summary>Bytes that were copied from one address on.</summary>
internal sealed class CopiedBytes(ulong start, byte[] bytes) : IMemorySource
{
    public int Read(ulong address, Span<byte> destination)
    {
        ulong offset = unchecked(address - start);
        if (offset >= (ulong)bytes.Length)
        {
            return 0;
        }

        int count = Math.Min(destination.Length, bytes.Length - (int)offset);
        bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }
}
