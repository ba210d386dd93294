using System;
using System.Buffers;
using System.Buffers.Text;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Reads small files of procfs, which have no length before they are read.</summary>
internal static class ProcFile
{
    /// <summary>Some 2 KB are usual; the lists of groups and processors make it longer.</summary>
    private const int MaxStatusBytes = 65_536;

    /// <summary>Room for what is usual.</summary>
    private const int FirstBytes = 16_384;

    /// <summary>A line that holds a name or a number.</summary>
    private const int MaxLineBytes = 4096;

    /// <summary>Reads all of a file.</summary>
    /// <param name="maxBytes">A longer file is cut there.</param>
    /// <exception cref="IOException">It is not there, or its process has gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int maxBytes) => Read(path, maxBytes, isRecord: false, out byte[] content) switch
    {
        0 => content,
        Errno.EACCES or Errno.EPERM => throw new UnauthorizedAccessException(path),
        int error => throw new IOException($"{path}: error {error}"),
    };

    /// <summary>As <see cref="Read(string, int)"/>, but false where that throws.</summary>
    public static bool TryRead(string path, int maxBytes, out byte[] content) => Read(path, maxBytes, isRecord: false, out content) == 0;

    /// <summary>
    /// As <see cref="TryRead"/>, of a file that the kernel writes as one record, such as stat, status and comm: a read that does not fill the buffer has all of it
    /// (seq_file.c, seq_read_iter), and no second one is made.
    /// </summary>
    public static bool TryReadRecord(string path, int maxBytes, out byte[] content) => Read(path, maxBytes, isRecord: true, out content) == 0;

    /// <summary>As <see cref="Read(string, int)"/>, into a buffer that is used again and grows.</summary>
    /// <returns>0 or an errno.</returns>
    public static int Read(string path, int maxBytes, ref byte[] buffer, out int length) => Read(path, maxBytes, isRecord: false, ref buffer, out length, pool: null);

    private static int Read(string path, int maxBytes, bool isRecord, out byte[] content)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(maxBytes, FirstBytes));
        try
        {
            int error = Read(path, maxBytes, isRecord, ref buffer, out int length, ArrayPool<byte>.Shared);
            content = error == 0 ? buffer.AsSpan(0, length).ToArray() : [];
            return error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Without a handle of .NET's, which asks for the file's kind and locks it first: thousands of these are read for one capture.
    private static unsafe int Read(string path, int maxBytes, bool isRecord, ref byte[] buffer, out int length, ArrayPool<byte>? pool)
    {
        length = 0;
        CallWatch? watch = CallWatch.Enter();
        int file = FileCalls.OpenDescriptor(path, FileCalls.ReadOnly | FileCalls.CloseOnExec);
        int error = file < 0 ? Marshal.GetLastPInvokeError() : 0;
        try
        {
            while (error == 0 && length < maxBytes)
            {
                if (length == buffer.Length)
                {
                    Grow(ref buffer, Math.Max(FirstBytes, length * 2), pool);
                }

                nint count;
                fixed (byte* start = buffer)
                {
                    count = FileCalls.PositionedRead(file, start + length, (nuint)(buffer.Length - length), length);
                }

                error = count < 0 && Marshal.GetLastPInvokeError() is not Errno.EINTR and int failure ? failure : 0;
                length += (int)Math.Max(0, count);
                if (count == 0 || (count > 0 && isRecord && length < buffer.Length))
                {
                    break;
                }
            }
        }
        finally
        {
            if (file >= 0)
            {
                _ = FileCalls.Close(file);
            }

            CallWatch.Leave(watch);
        }

        length = Math.Min(length, maxBytes);
        return error;
    }

    private static void Grow(ref byte[] buffer, int length, ArrayPool<byte>? pool)
    {
        byte[] larger = pool?.Rent(length) ?? new byte[length];
        buffer.CopyTo(larger, 0);
        pool?.Return(buffer);
        buffer = larger;
    }

    /// <summary>Reads the status file of a process or thread (proc_pid_status(5)), for <see cref="TryFindField"/>.</summary>
    /// <param name="folder">Its folder in procfs.</param>
    public static bool TryReadStatus(string folder, out byte[] status) => TryReadRecord(folder + "/status", MaxStatusBytes, out status);

    /// <summary>Reads one line of text, such as a thread's name, without its end. Null if it cannot be read.</summary>
    public static string? ReadLine(string path)
    {
        if (!TryReadRecord(path, MaxLineBytes, out byte[] content))
        {
            return null;
        }

        ReadOnlySpan<byte> line = content;
        return Encoding.UTF8.GetString(line.EndsWith("\n"u8) ? line[..^1] : line);
    }

    /// <summary>The target of a symbolic link of procfs, as <see cref="Primitives.PathText"/> has it; or null.</summary>
    public static string? ReadLink(string path) => LinkCalls.Read(path, out string target) == 0 ? target : null;

    /// <summary>Finds <c>key:</c> at the start of a line of a status file and gives what follows, trimmed.</summary>
    public static bool TryFindField(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        while (!status.IsEmpty)
        {
            int end = status.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? status : status[..end];
            if (line.Length > key.Length && line.StartsWith(key) && line[key.Length] == ':')
            {
                value = line[(key.Length + 1)..].Trim(" \t"u8);
                return true;
            }

            status = end < 0 ? default : status[(end + 1)..];
        }

        value = default;
        return false;
    }

    /// <summary>The decimal number at the start of a field, or -1.</summary>
    public static int ReadNumber(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
        => TryFindField(status, key, out ReadOnlySpan<byte> value) && Utf8Parser.TryParse(value, out int number, out _) ? number : -1;
}
