using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// Unpacks a core into a temporary file that has no name any more when the first byte is written to it: it disappears when this process ends, in any way. Zeros become holes.
/// </summary>
internal sealed class CoreUnpacking(IEngineLog log, Limits limits)
{
    private const int ChunkBytes = 1 << 16;

    // How often the free space is checked, and how much of it is left to others.
    private const long BytesBetweenLooks = 64L << 20;
    private const long Reserve = 64L << 20;

    private static readonly string _folder = Path.GetTempPath();

    private static readonly TimeSpan _progressEvery = TimeSpan.FromSeconds(0.3);

    // As TryDetectFormat has them.
    private static readonly (byte[] Mark, string Name, string Ending)[] _marks =
    [
        ([0x1f, 0x8b, 8], "gzip", ".gz"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd", ".zst"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "xz", ".xz"),
        ([0x04, 0x22, 0x4d, 0x18], "lz4", ".lz4"),
    ];

    /// <summary>The bytes that are free in a folder.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Finds out from its first bytes whether a file is compressed, and how.</summary>
    public static bool TryDetectFormat(MappedFile file, out CompressionFormat format)
    {
        Span<byte> start = stackalloc byte[6];
        start = start[..file.Read(0, start)];
        CompressionFormat? told = start switch
        {
            [0x1f, 0x8b, 8, ..] => CompressionFormat.GZip, // RFC 1952, 2.3.1: ID1, ID2, CM = deflate
            [0x28, 0xb5, 0x2f, 0xfd, ..] => CompressionFormat.Zstandard, // RFC 8878, 3.1.1: 0xFD2FB528
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => CompressionFormat.Xz, // The .xz file format 1.1, 2.1.1.1
            [0x04, 0x22, 0x4d, 0x18, ..] => CompressionFormat.Lz4, // LZ4 frame format 1.6: 0x184D2204
            _ => null,
        };
        format = told ?? default;
        return told is not null;
    }

    /// <summary>Whether a file has only the first bytes of a compressed one, so that not even its magic number is complete.</summary>
    public static bool IsStartOfPacked(MappedFile file, string path, out string format)
    {
        Span<byte> start = stackalloc byte[6];
        start = start[..file.Read(0, start)];
        format = "";
        foreach ((byte[] mark, string name, string ending) in _marks)
        {
            if ((ulong)start.Length == file.Length && start.Length < mark.Length && mark.AsSpan().StartsWith(start)
                && (start.Length > 1 || path.EndsWith(ending, StringComparison.Ordinal)))
            {
                format = name;
            }
        }

        return format.Length > 0;
    }

    /// <summary>Unpacks a core.</summary>
    /// <param name="endsEarly">Whether the packed stream is cut off.</param>
    /// <exception cref="EngineException">It is broken, or there is no room for it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no file remains.</exception>
    public MappedFile Unpack(string path, MappedFile packed, CompressionFormat format, CancellationToken cancellation, out bool endsEarly)
    {
        long size = (long)packed.Length;
        long started = Stopwatch.GetTimestamp();
        NeedRoom(path, size);
        SafeFileHandle handle = CreateNameless();
        try
        {
            long unpacked = Fill(handle, path, packed, format, cancellation, out endsEarly);
            if (!MappedFile.TryMap(handle, out MappedFile? file, out string problem))
            {
                throw new EngineException(EngineError.InvalidCore, $"{path}, unpacked, {problem}.", Advice);
            }

            log.Verbose($"{path}: {unpacked >> 20} MiB unpacked from {size >> 20} MiB ({format}) in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:f0} ms.");
            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private const string Advice = "Copy the core again from where it was written; with systemd, `coredumpctl dump PID --output core` unpacks it.";

    // In a private folder, so that no one can open the file while it has a name.
    private static SafeFileHandle CreateNameless()
    {
        string? own = null;
        try
        {
            own = Directory.CreateTempSubdirectory("pystack-").FullName;
            return File.OpenHandle(Path.Combine(own, "core"), FileMode.CreateNew, FileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(EngineError.CannotRead, $"The core is packed, and no file can be made in {_folder} to unpack it: {e.Message}", RoomAdvice, e);
        }
        finally
        {
            if (Directory.Exists(own))
            {
                Directory.Delete(own, recursive: true);
            }
        }
    }

    private long Fill(SafeFileHandle target, string path, MappedFile file, CompressionFormat format, CancellationToken cancellation, out bool endsEarly)
    {
        long done = 0;
        endsEarly = false;
        FilePartStream packed = PackedEnd.Open(file);
        if (!Unpacker.TryOpen(format, packed, out Stream stream, out string problem))
        {
            packed.Dispose();
            throw new EngineException(EngineError.CannotRead, $"{path} is packed ({format}), and cannot be unpacked: {problem}", Advice);
        }

        using (stream)
        {
            byte[] chunk = new byte[ChunkBytes];
            long written = 0;
            long lastTold = Stopwatch.GetTimestamp();
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = ReadChunk(stream, chunk, out Exception? broken);
                if (file.Trouble is string trouble)
                {
                    cancellation.ThrowIfCancellationRequested();
                    throw new EngineException(EngineError.NotResponding, $"{path} {trouble}, so it cannot be unpacked ({NameOf(format)}).", "See the kernel's messages (dmesg), or copy the core to another disk.");
                }

                if (count < chunk.Length)
                {
                    endsEarly = broken is EndOfStreamException
                        || ((broken is null || (format != CompressionFormat.GZip && packed.Position >= packed.Length)) && PackedEnd.IsTruncated(file, format, done + count, cancellation));
                }

                if (endsEarly && done + count == 0)
                {
                    throw CoreExtent.EndsBeforeAnything(path, NameOf(format));
                }

                if (broken is not null && done + count == 0)
                {
                    throw new EngineException(EngineError.InvalidCore, $"{path} cannot be unpacked ({NameOf(format)}): its compressed data is corrupt.", Advice, broken);
                }

                if (done + count > limits.UnpackedCoreBytes)
                {
                    throw new EngineException(EngineError.InvalidCore, $"{path} unpacks to more than {limits.UnpackedCoreBytes >> 30} GiB.", "Unpack it yourself and give the unpacked file.");
                }

                if (chunk.AsSpan(0, count).ContainsAnyExcept((byte)0))
                {
                    if (written / BytesBetweenLooks != (written + count) / BytesBetweenLooks)
                    {
                        NeedRoom(path, BytesBetweenLooks);
                    }

                    Write(target, chunk.AsSpan(0, count), done, path);
                    written += count;
                }

                done += count;
                if (broken is not null && !endsEarly)
                {
                    log.Warning($"{path}: the {NameOf(format)} stream is corrupt: {done} bytes could be unpacked.");
                }

                if (count < chunk.Length)
                {
                    break;
                }

                if (Stopwatch.GetElapsedTime(lastTold) > _progressEvery)
                {
                    lastTold = Stopwatch.GetTimestamp();
                    log.Progress("Unpacking the core", $"{path}: {done >> 20} MiB", (int)Math.Min(99, packed.Position * 100 / Math.Max(1, packed.Length)));
                }
            }
        }

        if (done == 0)
        {
            throw CoreExtent.NothingLeft(path, 0, ElfHeader.Length, $"The {NameOf(format)} stream is empty.");
        }

        RandomAccess.SetLength(target, done);
        return done;
    }

    private static string NameOf(CompressionFormat format) => format switch
    {
        CompressionFormat.GZip => "gzip",
        CompressionFormat.Zstandard => "zstd",
        CompressionFormat.Xz => "xz",
        CompressionFormat.Lz4 => "lz4",
        _ => "packed",
    };

    // Full chunks, so that zeros are in separate chunks; fewer bytes at the end, and where the compressed data is corrupt.
    private static int ReadChunk(Stream stream, byte[] chunk, out Exception? broken)
    {
        broken = null;
        int count = 0;
        try
        {
            while (count < chunk.Length && stream.Read(chunk, count, chunk.Length - count) is int more and > 0)
            {
                count += more;
            }
        }
        catch (Exception e) when (Unpacker.IsBroken(e))
        {
            broken = e;
        }

        return count;
    }

    private void Write(SafeFileHandle target, ReadOnlySpan<byte> bytes, long offset, string path)
    {
        try
        {
            RandomAccess.Write(target, bytes, offset);
        }
        catch (IOException e)
        {
            throw NoRoom(path, e);
        }
    }

    private void NeedRoom(string path, long bytes)
    {
        if (FreeSpace(_folder) < bytes + Reserve)
        {
            throw NoRoom(path, null);
        }
    }

    private EngineException NoRoom(string path, Exception? cause)
        => new(EngineError.CannotRead, $"There is no room to unpack {path}: {FreeSpace(_folder) >> 20} MiB are free in {_folder}.", RoomAdvice, cause);

    private const string RoomAdvice = "Set the environment variable TMPDIR to a folder with more room, or unpack the core yourself and give the unpacked file.";
}
