using System;
using System.IO;
using System.IO.Hashing;

namespace PyStack.Codecs;

/// <summary>Checksums and hashes. Called by name from the engine, so with types of .NET alone.</summary>
public static class Hashes
{
    /// <summary>CRC-32 (ISO 3309, ITU-T V.42) of a stream from its current position, as zlib and <c>.gnu_debuglink</c> have it.</summary>
    public static uint Crc(Stream stream)
    {
        Crc32 sum = new();
        sum.Append(stream);
        return sum.GetCurrentHashAsUInt32();
    }

    /// <summary>XXH3, 64 bits, seed 0 (xxHash specification 0.8): the same on every machine.</summary>
    public static ulong Xxh3(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);
}
