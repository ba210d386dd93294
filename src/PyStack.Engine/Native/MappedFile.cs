using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Native;

/// <summary>
/// A regular file, mapped for reading. Small structures are copied out of it by <see cref="Read"/>, large tables are
/// looked at in place by <see cref="TrySlice"/>.
/// </summary>
/// <remarks>
/// <para>
/// A file that someone cuts off while it is mapped takes its pages away: touching one of them then raises SIGBUS, which
/// ends our process. So <see cref="Read"/> does not touch the mapping at all, it calls <c>pread</c>, which just gives fewer
/// bytes. <see cref="TrySlice"/> asks for the file's size anew and refuses what is no longer there; what remains is a file
/// that is cut off in the moment between that and the use of the span. Package managers replace files and do not
/// cut them off, and a process that runs from a file which is cut off dies of the same signal.
/// </para>
/// <para>
/// There is no finalizer that unmaps: a span does not keep this object alive, so a collection could take the memory
/// away under it. Who forgets to dispose leaks address space, no more. Dispose only when no span is in use.
/// </para>
/// </remarks>
internal sealed unsafe class MappedFile : IFileBytes, IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly ulong _length;
    private nint _address;
    private bool _isDisposed;

    private MappedFile(SafeFileHandle handle, nint address, FileIdentity identity)
    {
        _handle = handle;
        _address = address;
        _length = identity.Size;
        Identity = identity;
    }

    /// <summary>Which file it is and its state when it was opened.</summary>
    public FileIdentity Identity { get; }

    /// <inheritdoc/>
    public ulong Length => _isDisposed ? 0 : _length;

    /// <summary>
    /// Opens and maps a file. Pipes and devices are refused and do not block; symbolic links are followed.
    /// </summary>
    /// <param name="path">Any path, also one below <c>/proc/PID/root</c> or in <c>/proc/PID/map_files</c>.</param>
    /// <param name="file">The file, to be disposed of by the caller.</param>
    /// <param name="problem">On failure why, as the end of a sentence that begins with the path.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out MappedFile? file, out string problem)
        => TryOpen(path, out file, out problem, out _);

    /// <inheritdoc cref="TryOpen(string, out MappedFile?, out string)"/>
    /// <param name="isRefused">Whether we may not open it.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out MappedFile? file, out string problem, out bool isRefused)
    {
        file = null;
        isRefused = false;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            problem = "has a zero byte in its name";
            return false;
        }

        SafeFileHandle handle = FileCalls.Open(path, FileCalls.ReadCarefully);
        if (handle.IsInvalid)
        {
            isRefused = Marshal.GetLastPInvokeError() is Errno.EACCES or Errno.EPERM;
            problem = $"cannot be opened: {LastError()}";
            return false;
        }

        if (TryMap(handle, out file, out problem))
        {
            return true;
        }

        handle.Dispose();
        return false;
    }

    /// <summary>Maps a file that is open for reading already.</summary>
    /// <param name="handle">Belongs to <paramref name="file"/> after success, and stays the caller's otherwise.</param>
    /// <param name="file">The file, to be disposed of by the caller.</param>
    /// <param name="problem">As in <see cref="TryOpen(string, out MappedFile?, out string)"/>.</param>
    public static bool TryMap(SafeFileHandle handle, [NotNullWhen(true)] out MappedFile? file, out string problem)
    {
        file = null;
        if (!FileCalls.TryGetStatus(handle, out FileCalls.FileStatus status))
        {
            problem = $"cannot be examined: {LastError()}";
            return false;
        }

        if (!status.IsRegularFile)
        {
            problem = "is not a regular file";
            return false;
        }

        if (status.Size is 0 or > long.MaxValue)
        {
            problem = "is empty";
            return false;
        }

        nint address = FileCalls.Map(0, (nuint)status.Size, FileCalls.ProtectionRead, FileCalls.MapPrivate, handle, 0);
        if (address == -1)
        {
            problem = $"cannot be mapped: {LastError()}";
            return false;
        }

        file = new MappedFile(handle, address, status.Identity);
        problem = "";
        return true;
    }

    /// <summary>Copies bytes at an offset, without touching the mapping. Fewer where the file ends.</summary>
    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        fixed (byte* start = destination)
        {
            while (done < destination.Length && !_isDisposed && address + (ulong)done < _length)
            {
                nint count = FileCalls.PositionedRead(_handle, start + done, (nuint)(destination.Length - done), (long)address + done);
                if (count > 0)
                {
                    done += (int)count;
                }
                else if (count == 0 || Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    break;
                }
            }
        }

        return done;
    }

    /// <inheritdoc/>
    public bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_isDisposed || offset > _length || length > _length - offset || length > int.MaxValue || CurrentLength() < offset + length)
        {
            return false;
        }

        bytes = new ReadOnlySpan<byte>((byte*)_address + offset, (int)length);
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = FileCalls.Unmap(address, (nuint)_length);
            _handle.Dispose();
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private ulong CurrentLength()
        => FileCalls.TryGetStatus(_handle, out FileCalls.FileStatus status) ? status.Size : 0;
}
