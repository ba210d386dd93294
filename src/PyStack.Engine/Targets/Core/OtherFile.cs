using System;
using System.Text.Unicode;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Core;

/// <summary>What a file is that is no core, and what its user may have meant by it.</summary>
internal static class OtherFile
{
    private const int LookedAt = 512;

    private const string WhatIsACore = "Give a core file: an ELF file as the kernel or gcore writes it, also packed by gzip, zstd, xz or lz4. "
        + "Where the kernel writes cores: /proc/sys/kernel/core_pattern; on machines with systemd, `coredumpctl list`.";

    private const string Unpack = "Unpack it and give the core that is in it; cores that are packed by gzip, zstd, xz or lz4 alone are read as they are.";

    /// <summary>Where the letters ustar are in a tar archive (tar(5)).</summary>
    private const int TarMark = 257;

    /// <summary>The error for a file with another content than that of a core.</summary>
    /// <param name="bytes">The file, unpacked if it was packed.</param>
    /// <param name="wasPacked">Whether it was.</param>
    public static EngineException Explain(string path, MappedFile bytes, ElfType? type, bool wasPacked)
    {
        byte[] start = new byte[LookedAt];
        int count = bytes.Read(0, start);
        (string what, string action) = type is ElfType elf ? OfElf(path, elf) : OfContent(path, start.AsSpan(0, count));
        return new EngineException(EngineError.InvalidCore, $"{path}{(wasPacked ? ", unpacked," : "")} is {what}, not a core file.", action);
    }

    private static (string What, string Action) OfElf(string path, ElfType type) => type switch
    {
        ElfType.Executable or ElfType.Shared => (
            "a program or a shared library",
            $"Give the core as -Path. If its process ran this program, give the program as -Executable: Get-PyStack -Path ./core -Executable {path}."),
        _ => ("an ELF file of another kind", WhatIsACore),
    };

    private static (string What, string Action) OfContent(string path, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("#!"u8))
        {
            return ("a script", $"Give the core as -Path, and the script as -Executable: Get-PyStack -Path ./core -Executable {path}. While the script runs, it can be read without a core: Get-PyProcess shows its id.");
        }

        if (start.StartsWith("ProblemType:"u8))
        {
            return ("a crash report of apport", $"The core is in it: `apport-unpack {path} FOLDER` writes it to FOLDER/CoreDump.");
        }

        if (NameOfArchive(start) is string archive)
        {
            return (archive, Unpack);
        }

        return IsText(start) ? ("a text file", WhatIsACore) : ("a file of unknown content", WhatIsACore);
    }

    private static string? NameOfArchive(ReadOnlySpan<byte> start)
        => start.StartsWith("PK\x03\x04"u8) ? "a zip archive"
            : start.StartsWith("BZh"u8) ? "a file packed by bzip2"
            : start is [(byte)'7', (byte)'z', 0xbc, 0xaf, ..] ? "a 7z archive"
            : start.Length >= TarMark + 5 && start.Slice(TarMark, 5).SequenceEqual("ustar"u8) ? "a tar archive"
            : null;

    // Without zeros and other control characters, and valid UTF-8 but for the last character, which may go on after the end.
    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte one in start)
        {
            if (one < 0x20 && one is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1b))
            {
                return false;
            }
        }

        for (int cut = 0; cut < Math.Min(4, start.Length); cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
            {
                return true;
            }
        }

        return false;
    }
}
