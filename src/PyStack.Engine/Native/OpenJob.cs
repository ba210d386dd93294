namespace PyStack.Engine.Native;

/// <summary>Opens a file, and reads it if that is wanted.</summary>
internal sealed class OpenJob(FilePlace place) : FileJob(place.Name, place.Device, place.Rights)
{
    private OpenedFile _file;

    /// <summary>The most bytes of a file that is read whole and closed again; 0 for one that stays open.</summary>
    public long ReadsUpTo { get; init; }

    /// <summary>The state of a file whose content is known: in that state it is not opened.</summary>
    public FileState? Known { get; init; }

    /// <summary>Whether the file is in the state that is known.</summary>
    public bool IsUnchanged => IsDone && _file.Handle is null;

    /// <summary>Whether the file was opened, and read if that was wanted.</summary>
    public bool IsDone { get; private set; }

    public OpenedFile File => _file;

    /// <summary>What was read; it may be less than the file's size said.</summary>
    public byte[]? Content { get; private set; }

    /// <summary>On failure why, as the end of a sentence about the file.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether the owner of these rights may not open it.</summary>
    public bool IsRefused { get; private set; }

    public override void Run()
    {
        Open();
        ReadIfWanted();
    }

    public override void RunWithOwnRights()
    {
        Open();
        if (_file.Handle is not null && IsDone && !ReadableByOthers.IsReadable(_file.Handle, _file.Status, Rights!))
        {
            _file.Handle.Dispose();
            IsDone = false;
            IsRefused = true;
            Problem = "may not be readable";
        }

        ReadIfWanted();
    }

    public override void Discard()
    {
        if (IsDone)
        {
            _file.Handle?.Dispose();
        }
    }

    private void Open()
    {
        IsDone = OpenedFile.TryOpen(place, Known, out _file, out int error, out string problem);
        Problem = problem;
        IsRefused = !IsDone && error is Errno.EACCES or Errno.EPERM;
    }

    private void ReadIfWanted()
    {
        if (IsDone && ReadsUpTo > 0 && _file.Handle is FileHandle handle)
        {
            IsDone = TryReadWhole(handle);
            handle.Dispose();
        }
    }

    private unsafe bool TryReadWhole(FileHandle handle)
    {
        ulong size = _file.Status.Size;
        if (size > (ulong)ReadsUpTo)
        {
            Problem = $"has {size} bytes, which are too many";
            return false;
        }

        byte[] content = new byte[size];
        int length = 0;
        fixed (byte* start = content)
        {
            nint count;
            while (length < content.Length
                && ((count = FileCalls.PositionedRead(handle, start + length, (nuint)(content.Length - length), length)) > 0 || IsInterrupted(count)))
            {
                length += (int)System.Math.Max(0, count);
            }
        }

        Content = length == content.Length ? content : content[..length];
        return true;
    }

    private static bool IsInterrupted(nint count) => count < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Errno.EINTR;
}
