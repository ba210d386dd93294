using System;
using System.IO;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.Xz;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace PyStack.Codecs;

/// <summary>Opens compressed streams. Called by name from the engine, so with types of .NET alone.</summary>
public static class Decoders
{
    /// <summary>A stream of the unpacked bytes, which disposes of the packed one.</summary>
    /// <param name="format"><c>zstd</c>, <c>xz</c>, <c>lz4</c> (its frame format), or <c>zstd-section</c>: zstd with a window of up to 2 GiB.</param>
    /// <param name="packed">Read from its current position.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such format.</exception>
    public static Stream Open(string format, Stream packed) => format switch
    {
        "zstd" => new DecompressionStream(packed, leaveOpen: false),
        "zstd-section" => WithLargestWindow(new DecompressionStream(packed, leaveOpen: false)),
        "xz" => new XZStream(packed),
        "lz4" => LZ4Stream.Decode(packed, leaveOpen: false),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>ZSTD_WINDOWLOG_MAX_64 of zstd.h. The window is allocated as a whole, and memory only as far as it is written to.</summary>
    private const int LargestWindowLog = 31;

    private static DecompressionStream WithLargestWindow(DecompressionStream stream)
    {
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
        return stream;
    }
}
