using System;
using System.IO;
using ZstdSharp;

namespace PyStack.Codecs;

/// <summary>Compresses streams. Called by name from the engine, so with types of .NET alone.</summary>
public static class Encoders
{
    /// <summary>The usual level of zstd.</summary>
    private const int Level = 3;

    /// <summary>A stream that writes what is written to it in compressed form. Its end is written when it is disposed of; the other stream stays open.</summary>
    /// <param name="format"><c>zstd</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such format.</exception>
    public static Stream Open(string format, Stream packed) => format switch
    {
        "zstd" => new CompressionStream(packed, Level, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };
}
