using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>
/// Names as .NET lists them: <c>Get-ChildItem</c> and wildcards give U+FFFD for bytes that are not UTF-8 in a name, and such a name cannot be opened. The folder is searched
/// for the one file with this listed name.
/// </summary>
internal static unsafe partial class LossyPath
{
    private const char Replacement = '\ufffd';

    /// <summary>Entries of a folder that are examined.</summary>
    private const int MaxEntries = 1_000_000;

    /// <summary>The path as <see cref="PathText"/> has it, if it has U+FFFD, does not exist, and exactly one file matches; else the path itself.</summary>
    /// <param name="path">Absolute, of a file that the user names; not one that a target names.</param>
    public static string Resolve(string path)
    {
        if (!path.Contains(Replacement, StringComparison.Ordinal) || !path.StartsWith('/') || FileCalls.TryGetStatus(path, out _))
        {
            return path;
        }

        string exact = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string? found = part.Contains(Replacement, StringComparison.Ordinal) ? Find(exact.Length == 0 ? "/" : exact, part) : part;
            if (found is null)
            {
                return path;
            }

            exact += "/" + found;
        }

        return exact;
    }

    // The only name in a folder with this listed form.
    private static string? Find(string folder, string listed)
    {
        nint stream = OpenFolder(folder);
        if (stream == 0)
        {
            return null;
        }

        List<string> found = [];
        for (int i = 0; i < MaxEntries && found.Count < 2 && NextEntry(stream) is nint entry and not 0; i++)
        {
            // struct dirent of glibc and musl, 64-bit: d_ino, d_off, d_reclen, d_type, then the name at 19.
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + 19);
            if (Encoding.UTF8.GetString(name) == listed)
            {
                found.Add(PathText.Decode(name));
            }
        }

        _ = CloseFolder(stream);
        return found.Count == 1 ? found[0] : null;
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint NextEntry(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint stream);
}
