using System;
using System.IO;
using System.IO.Compression;

namespace PyStack.Engine.Compression;

/// <summary>Unpacks all formats of ELF sections and cores. The caller bounds the sizes that the data claims.</summary>
internal static class Unpacker
{
    /// <summary>A stream of the unpacked bytes, which disposes of the packed one.</summary>
    /// <param name="problem">On failure why, as a sentence. The caller then still owns the packed stream.</param>
    /// <param name="isWholeSection">
    /// Whether the bytes were packed in one piece, as a section is: the window of zstd may then be as large as the content. It is memory only as far as it is used.
    /// </param>
    public static bool TryOpen(CompressionFormat format, Stream packed, out Stream unpacked, out string problem, bool isWholeSection = false)
    {
        problem = "";
        switch (format)
        {
            case CompressionFormat.ZLib:
                unpacked = new ZLibStream(packed, CompressionMode.Decompress);
                return true;
            case CompressionFormat.GZip:
                unpacked = new GZipStream(packed, CompressionMode.Decompress);
                return true;
            default:
                return CodecLibrary.TryOpen(format == CompressionFormat.Zstandard && isWholeSection ? "zstd-section" : NameOf(format), packed, out unpacked, out problem);
        }
    }

    /// <summary>
    /// Whether an exception of a decoder means that the bytes are broken. The libraries throw exceptions of many types (from a checksum's own
    /// exception to an index out of range), and none of it may leave the engine.
    /// </summary>
    public static bool IsBroken(Exception exception) => exception is not OperationCanceledException;

    private static string NameOf(CompressionFormat format) => format switch
    {
        CompressionFormat.Zstandard => "zstd",
        CompressionFormat.Xz => "xz",
        CompressionFormat.Lz4 => "lz4",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
