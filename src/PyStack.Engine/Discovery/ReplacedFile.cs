using System;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Discovery;

/// <summary>
/// Which files of a process an upgrade has replaced: those whose name is no longer there, as the kernel marks them. A package manager writes the new file beside the old one and
/// then gives it its name.
/// </summary>
internal static class ReplacedFile
{
    // Memory without a file that has a name, and where programs unpack libraries that they delete as soon as they have loaded them.
    private static readonly string[] OtherFolders = ["/memfd:", "/dev/", "/SYSV", "/tmp/", "/var/tmp/", "/run/"];

    /// <summary>Whether it is the program.</summary>
    /// <param name="link">What <c>/proc/PID/exe</c> names.</param>
    public static bool IsProgram(string link)
        => link.EndsWith(MemoryRegion.DeletedMark, StringComparison.Ordinal) && !link.StartsWith(OtherFolders[0], StringComparison.Ordinal);

    /// <summary>Whether it is a library or an extension module: <c>name.so</c>, <c>name.so.1</c>. Code that is made at run time can be in deleted files as well, of other names.</summary>
    /// <param name="code">A mapping of code.</param>
    public static bool IsLibrary(MemoryRegion code)
    {
        if (!code.IsDeleted || Array.Exists(OtherFolders, folder => code.Path.StartsWith(folder, StringComparison.Ordinal)))
        {
            return false;
        }

        ReadOnlySpan<char> name = code.Path.AsSpan(code.Path.LastIndexOf('/') + 1);
        return name.EndsWith(".so") || name.Contains(".so.", StringComparison.Ordinal);
    }
}
