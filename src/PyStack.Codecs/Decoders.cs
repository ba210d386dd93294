using System;
using System.IO;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.Xz;
using ZstdSharp;

namespace PyStack.Codecs;

/// <summary>Opens compressed streams. Called by name from the engine, so with types of .NET alone.</summary>
public static class Decoders
{
    /// <summary>A stream of the unpacked bytes, which disposes of the packed one.</summary>
    /// <param name="format"><c>zstd</c>, <c>xz</c> or <c>lz4</c> (its frame format).</param>
    /// <param name="packed">Read from where it stands.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such format.</exception>
    public static Stream Open(string format, Stream packed) => format switch
    {
        "zstd" => new DecompressionStream(packed, leaveOpen: false),
        "xz" => new XZStream(packed),
        "lz4" => LZ4Stream.Decode(packed, leaveOpen: false),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };
}
