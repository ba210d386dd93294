using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// Whether a file that we have opened with our own rights could also be opened by a process whose rights we cannot assume: decided by the modes of the file and of every folder above
/// it (path_resolution(7)). False if it cannot be determined.
/// </summary>
internal static partial class ReadableByOthers
{
    // S_IROTH and S_IXOTH of linux/stat.h; those of the group are 3 bits further, those of the owner 6.
    private const int Read = 4;
    private const int Search = 1;

    public static bool IsReadable(FileHandle file, in FileCalls.FileStatus status, FileRights rights)
    {
        // The path as the kernel has it, without links. In another mount namespace it leads to another file here, or to none.
        if (!Allows(status, rights, Read)
            || HasAccessList($"/proc/self/fd/{file.DangerousGetHandle()}")
            || LinkCalls.Read($"/proc/self/fd/{file.DangerousGetHandle()}", out string path) != 0
            || !path.StartsWith('/')
            || !FileCalls.TryGetStatus(path, out FileCalls.FileStatus here)
            || here.Identity != status.Identity)
        {
            return false;
        }

        for (int end = path.LastIndexOf('/'); end >= 0; end = end == 0 ? -1 : path.LastIndexOf('/', end - 1))
        {
            string parent = end == 0 ? "/" : path[..end];
            if (!FileCalls.TryGetStatus(parent, out FileCalls.FileStatus folder) || !Allows(folder, rights, Search) || HasAccessList(parent))
            {
                return false;
            }
        }

        return true;
    }

    // The first matching class decides, even if a later one has more rights.
    private static bool Allows(in FileCalls.FileStatus status, FileRights rights, int bit)
    {
        int shift = status.UserId == rights.UserId ? 6 : status.GroupId == rights.GroupId || Contains(rights, status.GroupId) ? 3 : 0;
        return (status.Mode & (bit << shift)) != 0;
    }

    // If there is an access control list (acl(5)), the bits of the group are its mask, and only the list says who may read.
    private static unsafe bool HasAccessList(string path) => GetExtendedAttribute(path, "system.posix_acl_access", null, 0) >= 0;

    // The size of the value, or -1.
    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static unsafe partial nint GetExtendedAttribute(string path, string name, byte* value, nuint size);

    private static bool Contains(FileRights rights, uint group)
    {
        foreach (uint one in rights.Groups)
        {
            if (one == group)
            {
                return true;
            }
        }

        return false;
    }
}
