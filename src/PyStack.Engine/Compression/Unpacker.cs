using System;
using System.IO;
using System.IO.Compression;

namespace PyStack.Engine.Compression;

/// <summary>Unpacks bytes of every format that ELF files and cores come in. What they claim is bounded by the caller.</summary>
internal static class Unpacker
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>A stream of the unpacked bytes, which disposes of the packed one.</summary>
    /// <param name="problem">On failure why, as a sentence. The packed stream then stays the caller's.</param>
    public static bool TryOpen(CompressionFormat format, Stream packed, out Stream unpacked, out string problem)
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
                return CodecLibrary.TryOpen(NameOf(format), packed, out unpacked, out problem);
        }
    }

    /// <summary>Unpacks bytes whose unpacked size is known.</summary>
    public static bool TryUnpack(CompressionFormat format, ReadOnlySpan<byte> packed, long size, out byte[] bytes)
    {
        bytes = [];
        MemoryStream input = new(packed.ToArray());
        if (!TryOpen(format, input, out Stream stream, out _))
        {
            return false;
        }

        try
        {
            using (stream)
            {
                byte[] unpacked = new byte[size];
                stream.ReadExactly(unpacked);
                bytes = unpacked;
                return true;
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>Unpacks bytes of an unknown size; false if they are more than the limit.</summary>
    public static bool TryUnpackAll(CompressionFormat format, ReadOnlySpan<byte> packed, long limit, out byte[] bytes)
    {
        bytes = [];
        if (!TryOpen(format, new MemoryStream(packed.ToArray()), out Stream stream, out _))
        {
            return false;
        }

        try
        {
            using (stream)
            {
                using MemoryStream unpacked = new();
                byte[] chunk = new byte[ChunkBytes];
                for (int count; (count = stream.Read(chunk)) > 0;)
                {
                    if (unpacked.Length + count > limit)
                    {
                        return false;
                    }

                    unpacked.Write(chunk, 0, count);
                }

                bytes = unpacked.ToArray();
                return bytes.Length > 0;
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an exception of a decoder means that the bytes are broken. The libraries throw whatever their authors came by (from a checksum's own
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
