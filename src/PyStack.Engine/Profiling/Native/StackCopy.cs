using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Profiling.Native;

/// <summary>The copy of a stack, one after the other.</summary>
internal sealed class StackCopy : IMemorySource
{
    private ulong _start;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Whether something after its end was asked for.</summary>
    public bool IsTooShort { get; private set; }

    public void Set(ulong start, ReadOnlyMemory<byte> bytes) => (_start, _bytes, IsTooShort) = (start, bytes, false);

    public int Read(ulong address, Span<byte> destination)
    {
        ulong offset = unchecked(address - _start);
        if (offset >= (ulong)_bytes.Length)
        {
            IsTooShort |= offset < int.MaxValue;
            return 0;
        }

        ReadOnlySpan<byte> rest = _bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }
}
