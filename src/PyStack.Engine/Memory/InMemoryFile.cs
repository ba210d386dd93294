using System;

namespace PyStack.Engine.Memory;

/// <summary>A file whose bytes we hold ourselves: an unpacked <c>.gnu_debugdata</c>, or what a test has put together.</summary>
internal sealed class InMemoryFile(ReadOnlyMemory<byte> content) : IFileBytes
{
    public ulong Length => (ulong)content.Length;

    public int Read(ulong address, Span<byte> destination)
    {
        if (address >= Length)
        {
            return 0;
        }

        int count = Math.Min(destination.Length, content.Length - (int)address);
        content.Span.Slice((int)address, count).CopyTo(destination);
        return count;
    }

    public bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes)
    {
        if (offset > Length || length > Length - offset)
        {
            bytes = default;
            return false;
        }

        bytes = content.Span.Slice((int)offset, (int)length);
        return true;
    }
}
