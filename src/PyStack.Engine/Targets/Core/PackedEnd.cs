using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Threading;
using PyStack.Engine.Compression;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Core;

/// <summary>Whether a packed file ends before its stream does. Most decoders treat the end of a file as the end of the stream.</summary>
internal static class PackedEnd
{
    /// <summary>Members that are appended to a gzip file to find out whether its last one was complete: more than the longest header of a deflate block can consume.</summary>
    private const int Marks = 4096;

    private const int BufferBytes = 1 << 16;

    /// <summary>Zeros after an xz stream that are skipped (its stream padding).</summary>
    private const int MostPadding = 1 << 16;

    /// <summary>Whether the last stream of a file is cut off. zstd's decoder reports it.</summary>
    /// <param name="unpacked">Bytes that it was unpacked to.</param>
    public static bool IsTruncated(MappedFile packed, CompressionFormat format, long unpacked, CancellationToken cancellation) => format switch
    {
        CompressionFormat.GZip => !HasSize(packed, unpacked) && IsTruncatedGZip(packed, unpacked, cancellation),
        CompressionFormat.Xz => !EndsAsXz(packed),
        CompressionFormat.Lz4 => IsTruncatedLz4(packed),
        _ => false,
    };

    /// <summary>The decoder's input: read by full buffers, which are not kept.</summary>
    public static FilePartStream Open(MappedFile packed) => new(packed, 0, packed.Length, BufferBytes);

    // RFC 1952, 2.3.1: ISIZE, the size modulo 2^32, is last.
    private static bool HasSize(MappedFile packed, long unpacked)
    {
        Span<byte> size = stackalloc byte[sizeof(uint)];
        return packed.Length > sizeof(uint)
            && packed.Read(packed.Length - sizeof(uint), size) == size.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(size) == unchecked((uint)unpacked);
    }

    // Several members, or something after the last one, or it is cut. Appended members are unpacked one by one after a complete last one, are
    // ignored if other data follows it, and are an error after a truncated one.
    private static bool IsTruncatedGZip(MappedFile packed, long unpacked, CancellationToken cancellation)
    {
        using GZipStream stream = new(new JoinedStream(Open(packed), MakeMarks()), CompressionMode.Decompress);
        byte[] chunk = new byte[BufferBytes];
        long count = 0;
        try
        {
            while (stream.Read(chunk) is int more and > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                count += more;
            }
        }
        catch (Exception e) when (Unpacker.IsBroken(e))
        {
            return true;
        }

        return count != unpacked && count != unpacked + Marks;
    }

    private static MemoryStream MakeMarks()
    {
        using MemoryStream one = new();
        using (GZipStream packer = new(one, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.WriteByte(0xa5);
        }

        MemoryStream marks = new();
        for (int i = 0; i < Marks; i++)
        {
            one.WriteTo(marks);
        }

        marks.Position = 0;
        return marks;
    }

    // The .xz file format 1.1, 2.1.2.4 and 2.2: the footer's magic bytes, and zeros after it.
    private static bool EndsAsXz(MappedFile packed)
    {
        byte[] end = new byte[(int)Math.Min(packed.Length, MostPadding)];
        int count = packed.Read(packed.Length - (ulong)end.Length, end);
        return end.AsSpan(0, count).TrimEnd((byte)0).EndsWith("YZ"u8);
    }

    // LZ4 frame format 1.6: blocks of a 32-bit size each, whose highest bit is no part of it, then a zero, and a checksum if the frame says so.
    private static bool IsTruncatedLz4(MappedFile packed)
    {
        const byte HasBlockSums = 0x10;
        const byte HasContentSize = 0x08;
        const byte HasContentSum = 0x04;
        const byte HasDictionary = 0x01;
        Span<byte> word = stackalloc byte[sizeof(uint)];
        if (packed.Length < 7 || packed.Read(4, word) < 1)
        {
            return true;
        }

        byte flags = word[0];
        ulong at = 7 + ((flags & HasContentSize) != 0 ? 8UL : 0) + ((flags & HasDictionary) != 0 ? 4UL : 0);
        while (at + sizeof(uint) <= packed.Length && packed.Read(at, word) == word.Length)
        {
            at += sizeof(uint);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(word) & 0x7fffffff;
            if (size == 0)
            {
                return at + ((flags & HasContentSum) != 0 ? 4UL : 0) > packed.Length;
            }

            at += size + ((flags & HasBlockSums) != 0 ? 4UL : 0);
        }

        return true;
    }

    private sealed class JoinedStream(Stream first, Stream second) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => first.Read(buffer) is int count and > 0 ? count : second.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
                second.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
