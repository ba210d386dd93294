namespace PyStack.Engine.Native;

/// <summary>
/// Whether a file that we have opened with our own rights could also be opened by a process whose rights we cannot take on: looked up in the modes of the file and of every folder above
/// it (path_resolution(7)). What cannot be told is no.
/// </summary>
internal static class ReadableByOthers
{
    // S_IROTH and S_IXOTH of linux/stat.h; those of the group are 3 bits further, those of the owner 6.
    private const int Read = 4;
    private const int Search = 1;

    public static bool IsReadable(FileHandle file, in FileCalls.FileStatus status, FileRights rights)
    {
        // The path as the kernel has it, without links. In another mount namespace it leads to another file here, or to none.
        if (!Allows(status, rights, Read)
            || LinkCalls.Read($"/proc/self/fd/{file.DangerousGetHandle()}", out string path) != 0
            || !path.StartsWith('/')
            || !FileCalls.TryGetStatus(path, out FileCalls.FileStatus here)
            || here.Identity != status.Identity)
        {
            return false;
        }

        for (int end = path.LastIndexOf('/'); end >= 0; end = end == 0 ? -1 : path.LastIndexOf('/', end - 1))
        {
            if (!FileCalls.TryGetStatus(end == 0 ? "/" : path[..end], out FileCalls.FileStatus folder) || !Allows(folder, rights, Search))
            {
                return false;
            }
        }

        return true;
    }

    // The first class that fits decides, also if a later one has more rights.
    private static bool Allows(in FileCalls.FileStatus status, FileRights rights, int bit)
    {
        int shift = status.UserId == rights.UserId ? 6 : status.GroupId == rights.GroupId || Contains(rights, status.GroupId) ? 3 : 0;
        return (status.Mode & (bit << shift)) != 0;
    }

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
