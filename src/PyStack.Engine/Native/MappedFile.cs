using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>
/// A regular file that another user or process may change. Small structures are copied by <see cref="Read"/>; large tables are copied once, at their first use, and read
/// in our copy by <see cref="TrySlice"/>.
/// </summary>
/// <remarks>
/// <para>
/// It is not mapped: truncating a mapped file removes its pages, and an access to them raises SIGBUS, which ends our process. A file that was truncated or written
/// to since it was opened is unreadable (<see cref="Trouble"/>).
/// </para>
/// <para>
/// Bytes in the page cache are read at once. Calls that may wait for a disk are done by a <see cref="FileWorker"/> with a deadline; a file that has missed it once is unreadable,
/// and must be opened again.
/// </para>
/// <para>There is no finalizer that frees the copy (see <see cref="FilePages"/>). Dispose when no span is in use.</para>
/// </remarks>
internal sealed unsafe class MappedFile : IFileBytes, IDisposable
{
    /// <summary>The problem of a file whose disk does not answer.</summary>
    public const string Unanswered = "cannot be opened: its disk does not answer";

    /// <summary>Bytes of one file that are copied at most.</summary>
    private const long MostCopied = 256L << 20;

    /// <summary>Bytes for which one deadline holds.</summary>
    private const ulong MostAtOnce = 1 << 20;

    /// <summary>A part that is not larger is copied with its surroundings if each call to the disk is expensive.</summary>
    private const int SmallRead = 1 << 14;

    private readonly SafeHandle _handle;
    private readonly bool _isQuick;
    private readonly FilePlace _place;
    private readonly ulong _length;
    private readonly Lock _gate = new();
    private FilePages? _pages;
    private BinaryBudget? _budget;
    private volatile string? _trouble;
    private volatile bool _isDisposed;

    private MappedFile(FilePlace place, SafeHandle handle, bool isQuick, in FileCalls.FileStatus status)
    {
        _place = place;
        _handle = handle;
        _isQuick = isQuick;
        _length = status.Size;
        Identity = status.Identity;
        Owner = (status.UserId, status.GroupId);
        ModifiedAt = status.ModifiedAt;
    }

    /// <summary>Which file it is and its state when it was opened.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Its owner.</summary>
    public (uint User, uint Group) Owner { get; }

    /// <summary>When its content was last changed before it was opened, in UTC.</summary>
    public DateTime ModifiedAt { get; }

    /// <summary>Why nothing more can be read of it, as the end of a sentence; null as long as it can. It is permanent: the file must be opened again.</summary>
    public string? Trouble => _trouble;

    /// <summary>Bytes of memory that the copied parts take.</summary>
    public long CopiedBytes => _pages?.CopiedBytes ?? 0;

    /// <summary>The pool that the copied parts are charged to, including the existing ones; null as long as only the limit of one file applies.</summary>
    public BinaryBudget? Budget
    {
        get => _budget;
        set
        {
            lock (_gate)
            {
                // The existing parts stay; the pool is checked before more is copied.
                _ = value?.TryTake(CopiedBytes);
                _budget = value;
            }
        }
    }

    /// <inheritdoc/>
    public ulong Length => _isDisposed ? 0 : _length;

    /// <summary>Opens a file with our own rights. Pipes and devices are refused and do not block; symbolic links are followed.</summary>
    /// <param name="path">Any path, also one in <c>/proc/PID/map_files</c>.</param>
    /// <param name="file">The file, to be disposed of by the caller.</param>
    /// <param name="problem">On failure why, as the end of a sentence that begins with the path.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out MappedFile? file, out string problem)
        => TryOpen(new FilePlace(path), out file, out problem, out _);

    /// <inheritdoc cref="TryOpen(string, out MappedFile?, out string)"/>
    public static bool TryOpen(FilePlace place, [NotNullWhen(true)] out MappedFile? file, out string problem)
        => TryOpen(place, out file, out problem, out _);

    /// <inheritdoc cref="TryOpen(string, out MappedFile?, out string)"/>
    /// <param name="isRefused">Whether the file may not be opened with our rights, or with those of the place.</param>
    public static bool TryOpen(FilePlace place, [NotNullWhen(true)] out MappedFile? file, out string problem, out bool isRefused)
    {
        file = null;
        isRefused = false;
        if (place.Path.Contains('\0', StringComparison.Ordinal))
        {
            problem = "has a zero byte in its name";
            return false;
        }

        OpenJob job = new(place);
        if (!FileWorker.Shared.TryRun(job))
        {
            problem = Unanswered;
            return false;
        }

        (problem, isRefused) = (job.Problem, job.IsRefused);
        if (!job.IsDone || job.File.Handle is not FileHandle handle)
        {
            return false;
        }

        if (job.File.Status.Size is 0 or > long.MaxValue)
        {
            handle.Dispose();
            problem = "is empty";
            return false;
        }

        file = new MappedFile(place, handle, handle.IsQuick, job.File.Status);
        return true;
    }

    /// <summary>Takes over a file of our own that is open for reading already.</summary>
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

        problem = !status.IsRegularFile ? "is not a regular file" : status.Size is 0 or > long.MaxValue ? "is empty" : "";
        if (problem.Length > 0)
        {
            return false;
        }

        byte first;
        bool isQuick = FileCalls.ReadWithoutWaiting(handle, &first, 1, 0) >= 0 || Marshal.GetLastPInvokeError() == Errno.EAGAIN;
        file = new MappedFile(new FilePlace("the file"), handle, isQuick, status);
        return true;
    }

    /// <summary>Copies bytes at an offset. Fewer at the end of the file, and if it cannot be read.</summary>
    public int Read(ulong address, Span<byte> destination)
    {
        int wanted = address >= _length ? 0 : (int)Math.Min((ulong)destination.Length, _length - address);
        int done = 0;
        fixed (byte* start = destination)
        {
            while (_isQuick && done < wanted && !_isDisposed && _trouble is null)
            {
                nint count = FileCalls.ReadWithoutWaiting(_handle, start + done, (nuint)(wanted - done), (long)address + done);
                if (count > 0)
                {
                    done += (int)count;
                }
                else if (count == 0)
                {
                    return done;
                }
                else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    break;
                }
            }
        }

        while (done < wanted && ReadSlowly(address + (ulong)done, destination[done..wanted]) is int more and > 0)
        {
            done += more;
        }

        return done;
    }

    /// <inheritdoc/>
    public bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_isDisposed || offset > _length || length > _length - offset || length > int.MaxValue)
        {
            return false;
        }

        if (length == 0)
        {
            return true;
        }

        lock (_gate)
        {
            if (!TryFill(offset, length))
            {
                return false;
            }

            bytes = _pages!.Bytes(offset, (int)length);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _pages?.Dispose();
            _handle.Dispose();
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private int ReadSlowly(ulong address, Span<byte> destination)
    {
        if (destination.Length <= SmallRead && TrySlice(address, (ulong)destination.Length, out ReadOnlySpan<byte> copied))
        {
            copied.CopyTo(destination);
            return copied.Length;
        }

        int length = (int)Math.Min((ulong)destination.Length, MostAtOnce);
        if (_isDisposed || _trouble is not null || RunReadJob(address, length) is not ReadJob job)
        {
            return 0;
        }

        int count = job.Count;
        job.Bytes.CopyTo(destination);
        job.Discard();
        return count;
    }

    private bool TryFill(ulong offset, ulong length)
    {
        if (_isDisposed || _trouble is not null || (_pages ??= FilePages.Reserve(_length)) is not FilePages pages)
        {
            return false;
        }

        ulong missing = pages.CountMissing(offset, length);
        if (missing > 0 && pages.CopiedBytes + (long)Math.Min(missing, long.MaxValue / 2) > MostCopied)
        {
            FileBudget.Current.Note(new FileTrouble(_place.Name, $"has a part of {length >> 20} MiB, which is not read: with it more than {MostCopied >> 20} MiB of the file would be in memory", IsUnanswered: false));
            return false;
        }

        if (missing > 0 && _budget is not null && !_budget.TryTake((long)missing))
        {
            return false;
        }

        while (missing > 0 && pages.TryFindMissing(offset, length, MostAtOnce, out ulong start, out int count))
        {
            byte* place = pages.Prepare(start, count);
            if (place is null || !TryCopy(place, start, count))
            {
                return false;
            }

            pages.MarkFilled(start, count);
        }

        return true;
    }

    private bool TryCopy(byte* place, ulong start, int count)
    {
        int done = 0;
        while (_isQuick && done < count)
        {
            nint read = FileCalls.ReadWithoutWaiting(_handle, place + done, (nuint)(count - done), (long)start + done);
            if (read == 0)
            {
                return Fail("has become shorter while it was read");
            }

            if (read < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                break;
            }

            done += (int)Math.Max(0, read);
        }

        if (done == count)
        {
            return IsUnchanged(FileCalls.TryGetStatus(_handle, out FileCalls.FileStatus status) ? status.Identity : null);
        }

        if (RunReadJob(start + (ulong)done, count - done) is not ReadJob job)
        {
            return false;
        }

        job.Bytes.CopyTo(new Span<byte>(place + done, count - done));
        bool isWhole = job.Count == count - done;
        FileIdentity? after = job.After;
        int error = job.Error;
        job.Discard();
        return isWhole ? IsUnchanged(after)
            : Fail(error == 0 ? "has become shorter while it was read" : $"cannot be read: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private ReadJob? RunReadJob(ulong offset, int length)
    {
        ReadJob job = new(_handle, offset, length, _place.Name, _place.Device);
        if (FileWorker.Shared.TryRun(job))
        {
            return job;
        }

        // Also if the call was cancelled: a later call must not treat unread data as missing.
        _trouble = "does not answer";
        return null;
    }

    // Truncated, or written to: then the earlier and the new copies may be inconsistent.
    private bool IsUnchanged(FileIdentity? now)
        => now is FileIdentity identity && (identity == Identity || (_place.MayChange && identity.Size >= _length))
            || Fail("was changed while it was read");

    private bool Fail(string trouble)
    {
        _trouble = trouble;
        FileBudget.Current.Note(new FileTrouble(_place.Name, trouble, IsUnanswered: false));
        return false;
    }
}
