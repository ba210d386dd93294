using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Memory;

/// <summary>Typed reads, all of them made of <see cref="IMemorySource.Read"/>. Targets are little-endian (x86-64, aarch64).</summary>
internal static class MemorySourceExtensions
{
    /// <summary>Whether all of <paramref name="destination"/> could be filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(this IMemorySource memory, ulong address, Span<byte> destination)
        => memory.Read(address, destination) == destination.Length;

    /// <summary>Reads one blittable value.</summary>
    public static bool TryRead<T>(this IMemorySource memory, ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return memory.TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Reads an 8-byte pointer.</summary>
    public static bool TryReadPointer(this IMemorySource memory, ulong address, out ulong value)
        => memory.TryRead(address, out value);
}
