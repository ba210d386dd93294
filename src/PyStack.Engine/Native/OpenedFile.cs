using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// The only way to open a file that a target, another file or a core names. It is found without being opened (O_PATH), then its kind is checked, and only a regular file is
/// opened for reading: opening a pipe or a device can have side effects. Only for the thread of a <see cref="FileWorker"/>, which has the rights of the place.
/// </summary>
internal readonly struct OpenedFile
{
    private OpenedFile(FileHandle? handle, in FileCalls.FileStatus status)
    {
        Handle = handle;
        Status = status;
    }

    /// <summary>Null only of a file that is in the state that is known.</summary>
    public FileHandle? Handle { get; }

    public FileCalls.FileStatus Status { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="error">On failure an errno, or 0 if it is not one of the kernel's.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file.</param>
    /// <param name="known">A state in which the file need not be opened.</param>
    public static bool TryOpen(FilePlace place, FileState? known, out OpenedFile file, out int error, out string problem)
    {
        file = default;
        int found = OpenInRoot.Find(place, out error);
        if (found < 0)
        {
            problem = "cannot be opened: " + Marshal.GetPInvokeErrorMessage(error);
            return false;
        }

        // A descriptor of O_PATH is closed without waiting: the file is not open.
        using FileHandle location = new(found) { IsQuick = true };
        if (!FileCalls.TryGetStatus(location, out FileCalls.FileStatus status))
        {
            error = Marshal.GetLastPInvokeError();
            problem = "cannot be examined: " + Marshal.GetPInvokeErrorMessage(error);
            return false;
        }

        if (!status.IsRegularFile || (place.MustBeTrusted && status.UserId != 0 && status.UserId != Identity.EffectiveUserId()))
        {
            problem = status.IsRegularFile ? $"belongs to user {status.UserId}" : "is not a regular file";
            return false;
        }

        if (status.State == known)
        {
            file = new OpenedFile(null, status);
            problem = "";
            return true;
        }

        int opened = FileCalls.OpenDescriptor($"/proc/self/fd/{found}", FileCalls.ReadCarefully);
        if (opened < 0)
        {
            error = Marshal.GetLastPInvokeError();
            problem = "cannot be opened: " + Marshal.GetPInvokeErrorMessage(error);
            return false;
        }

        file = new OpenedFile(FileHandle.Of(opened), status);
        problem = "";
        return true;
    }
}
