using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Lists folders of procfs (readdir(3)), without the objects that .NET makes of each entry.</summary>
internal static unsafe partial class FolderCalls
{
    /// <summary>Offset of d_name in <c>struct dirent</c> (glibc's bits/dirent.h and musl's, 64-bit): after d_ino and d_off of 8 bytes, d_reclen of 2 and d_type of 1.</summary>
    private const int NameOffset = 19;

    /// <summary>The names that are decimal numbers. Adds none where the folder cannot be read: its process has gone, or we may not see it.</summary>
    /// <param name="folder">For example <c>/proc/112/task/</c>.</param>
    /// <returns>Whether it could be read.</returns>
    public static bool ListNumbers(string folder, List<int> numbers)
    {
        CallWatch? watch = CallWatch.Enter();
        nint list = OpenFolder(folder);
        if (list != 0)
        {
            for (byte* entry = ReadEntry(list); entry is not null; entry = ReadEntry(list))
            {
                if (TryParse(entry + NameOffset, out int number))
                {
                    numbers.Add(number);
                }
            }

            _ = CloseFolder(list);
        }

        CallWatch.Leave(watch);
        return list != 0;
    }

    private static bool TryParse(byte* name, out int number)
    {
        long value = 0;
        int digits = 0;
        for (; name[digits] is >= (byte)'0' and <= (byte)'9' && value <= int.MaxValue; digits++)
        {
            value = (value * 10) + (name[digits] - '0');
        }

        number = (int)value;
        return digits > 0 && name[digits] == 0 && value <= int.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint OpenFolder(string folder);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadEntry(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
