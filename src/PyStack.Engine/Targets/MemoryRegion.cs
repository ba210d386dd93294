using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets;

/// <summary>What a target may do with a region of its memory.</summary>
[Flags]
internal enum RegionAccess
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}

/// <summary>The file of a region, as in <c>/proc/PID/maps</c>; the inode is 0 for memory without a file.</summary>
internal readonly record struct FileKey(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    public bool IsFile => Inode != 0;

    /// <summary>The disk, as <see cref="Native.FilePlace.Device"/> wants it.</summary>
    public string Device => Native.FilePlace.DeviceName(DeviceMajor, DeviceMinor);
}

/// <summary>One mapping of a target's address space.</summary>
/// <param name="FileOffset">Where in the file the region begins, in bytes; 0 for anonymous memory.</param>
/// <param name="Path">The file's path in the target's own root, or a name in brackets such as <c>[heap]</c>; empty if anonymous.</param>
/// <param name="IsDeleted">Whether the file no longer exists under that path.</param>
internal sealed record MemoryRegion(
    AddressRange Range, RegionAccess Access, ulong FileOffset, FileKey File, string Path, bool IsDeleted)
{
    /// <summary>The name of the kernel's own library in every process (vdso(7)).</summary>
    public const string KernelCode = "[vdso]";

    /// <summary>What the kernel writes after the path of a file that no longer is there; a file may also be called so.</summary>
    public const string DeletedMark = " (deleted)";

    public bool IsReadable => (Access & RegionAccess.Read) != 0;

    public bool IsWritable => (Access & RegionAccess.Write) != 0;

    public bool IsAnonymous => !File.IsFile && Path.Length == 0;

    /// <summary>A path without what the kernel writes after that of a file which no longer is there (proc_pid_exe(5)).</summary>
    public static string WithoutDeletedMark(string path)
        => path.EndsWith(DeletedMark, StringComparison.Ordinal) ? path[..^DeletedMark.Length] : path;
}
