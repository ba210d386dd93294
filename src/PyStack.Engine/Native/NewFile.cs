using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>
/// A file that is there when it is complete, and not before: it is written under a name of its own in the same folder, which nobody can foresee, and then gets its name in one step. If it
/// is not completed, nothing is left of it.
/// </summary>
/// <remarks>
/// The folder is held open, so that all happens in one folder even if its path leads elsewhere meanwhile. No link is followed: neither the new file's nor an old one's, which is replaced.
/// </remarks>
internal sealed unsafe partial class NewFile : IDisposable
{
    // asm-generic/fcntl.h, the same on x86-64 and aarch64 but for O_NOFOLLOW, which O_EXCL with O_CREAT makes unnecessary (open(2)).
    private const int O_WRONLY = 0x1;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;

    /// <summary>0600.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0666, of which the user's umask takes what it takes.</summary>
    public const UnixFileMode Usual = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly SafeFileHandle _folder;
    private readonly string _temporary;
    private readonly string _name;
    private readonly string _path;
    private bool _isOpen;

    private NewFile(SafeFileHandle folder, string temporary, string path, SafeFileHandle file)
    {
        (_folder, _temporary, _path, _name, _isOpen) = (folder, temporary, path, Path.GetFileName(path), true);
        Stream = new FileStream(file, FileAccess.Write, bufferSize: 1 << 16);
    }

    /// <summary>Where it is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="mode">Who may read and write it.</param>
    /// <exception cref="IOException">It cannot be made there; the inner exception has the system's error number.</exception>
    public static NewFile Begin(string path, UnixFileMode mode = OwnerOnly)
    {
        string folderPath = Path.GetDirectoryName(path) ?? "/";
        SafeFileHandle folder = FileCalls.Open(folderPath, FileCalls.ReadOnly | FileCalls.CloseOnExec);
        if (folder.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            folder.Dispose();
            throw Failed($"the folder {folderPath} cannot be opened", error);
        }

        // Nobody can guess it: 122 bits of the kernel's. RandomNumberGenerator would end the process where there is no OpenSSL, as in small containers.
        string temporary = $".pystack-{Guid.NewGuid():N}.tmp";
        int file = OpenAt(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | FileCalls.CloseOnExec, (uint)mode);
        if (file < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            folder.Dispose();
            throw Failed($"no file can be made in {folderPath}", error);
        }

        return new NewFile(folder, temporary, path, new SafeFileHandle(file, ownsHandle: true));
    }

    /// <summary>Completes it: it is on the disk and has its name.</summary>
    /// <param name="isNew">Whether a file that has the name already is an error.</param>
    /// <exception cref="IOException">It cannot be completed; nothing is left of it.</exception>
    public void Complete(bool isNew)
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        int result = isNew ? LinkAt(_folder, _temporary, _folder, _name, 0) : RenameAt(_folder, _temporary, _folder, _name);
        if (result != 0)
        {
            throw Failed($"{_path} cannot be made", Marshal.GetLastPInvokeError());
        }

        _isOpen = isNew;
        _ = Sync(_folder);
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // What is still to be written finds no room, and is not wanted any more.
        }
        finally
        {
            if (_isOpen)
            {
                _isOpen = false;
                _ = UnlinkAt(_folder, _temporary, 0);
            }

            _folder.Dispose();
        }
    }

    private static IOException Failed(string what, int error) => new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", new Win32Exception(error));

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int OpenAt(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int RenameAt(SafeFileHandle folder, string name, SafeFileHandle otherFolder, string otherName);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int LinkAt(SafeFileHandle folder, string name, SafeFileHandle otherFolder, string otherName, int flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(SafeFileHandle file);
}
