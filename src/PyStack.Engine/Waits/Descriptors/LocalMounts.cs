using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>Which mounts of a process have a file system that asks no server and no other program: of its files it can be asked what they are, without a wait (proc_pid_mountinfo(5)).</summary>
internal sealed class LocalMounts(int processId, WaitBudget budget)
{
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "vfat", "tmpfs", "ramfs", "rootfs", "devtmpfs", "devpts", "hugetlbfs", "overlay", "squashfs", "proc", "sysfs",
    };

    private HashSet<int>? _mounts;

    /// <summary>Whether a mount is known to be one.</summary>
    /// <param name="mount">As <c>mnt_id</c> of an fdinfo has it; -1 if it is not known.</param>
    public bool IsLocal(int mount) => mount >= 0 && (_mounts ??= Read()).Contains(mount);

    private HashSet<int> Read()
    {
        HashSet<int> mounts = [];
        ProcLines.Read(ProcessFacts.Folder(processId) + "/mountinfo", budget, line =>
        {
            // The number first; after optional fields and a dash, the file system's name. Blanks in paths are written as \040.
            int dash = line.IndexOf(" - "u8);
            ReadOnlySpan<byte> kind = dash < 0 ? default : line[(dash + 3)..];
            if (Utf8Parser.TryParse(line, out int mount, out _) && kind.IndexOf((byte)' ') is > 0 and int end && Local.Contains(Encoding.UTF8.GetString(kind[..end])))
            {
                mounts.Add(mount);
            }

            return true;
        }, hasHead: false);
        return mounts;
    }
}
