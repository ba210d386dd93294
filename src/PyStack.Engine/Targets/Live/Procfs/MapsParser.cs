using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Reads <c>/proc/PID/maps</c> (proc_pid_maps(5)): <c>start-end perms offset major:minor inode path</c>.</summary>
internal static class MapsParser
{
    private static ReadOnlySpan<byte> DeletedMark => " (deleted)"u8;

    /// <summary>How the kernel writes a line feed in a name (seq_file.c, mangle_path). It escapes nothing else, so that a name with these four characters looks the same.</summary>
    private const string EscapedLineFeed = "\\012";

    /// <summary>All lines that can be understood; the kernel writes no others.</summary>
    /// <param name="folder">The process's folder in procfs, whose <c>map_files</c> are asked where the text alone does not say; null where there is none.</param>
    public static List<MemoryRegion> Parse(ReadOnlySpan<byte> text, string? folder = null)
    {
        List<MemoryRegion> regions = new(64);
        string lastPath = "";
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (TryParseLine(line, lastPath, folder, out MemoryRegion? region))
            {
                regions.Add(region!);
                lastPath = region!.Path;
            }
        }

        return regions;
    }

    /// <summary>Reads one line.</summary>
    /// <param name="lastPath">The path of the line before, to be shared by lines that repeat it.</param>
    /// <param name="folder">As for <see cref="Parse"/>.</param>
    public static bool TryParseLine(ReadOnlySpan<byte> line, string lastPath, string? folder, out MemoryRegion? region)
    {
        region = null;
        if (!TryTakeHex(ref line, (byte)'-', out ulong start)
            || !TryTakeHex(ref line, (byte)' ', out ulong end)
            || line.Length < 5
            || end < start)
        {
            return false;
        }

        RegionAccess access = (line[0] == 'r' ? RegionAccess.Read : 0)
            | (line[1] == 'w' ? RegionAccess.Write : 0)
            | (line[2] == 'x' ? RegionAccess.Execute : 0);
        line = line[5..];
        if (!TryTakeHex(ref line, (byte)' ', out ulong offset)
            || !TryTakeHex(ref line, (byte)':', out ulong major)
            || !TryTakeHex(ref line, (byte)' ', out ulong minor)
            || !Utf8Parser.TryParse(line, out ulong inode, out int digits))
        {
            return false;
        }

        line = line[digits..].TrimStart((byte)' ');
        bool isDeleted = inode != 0 && line.EndsWith(DeletedMark);
        if (isDeleted)
        {
            line = line[..^DeletedMark.Length];
        }

        AddressRange range = new(start, end);
        string path = Path(line, lastPath);
        if (inode != 0 && path.Contains(EscapedLineFeed, StringComparison.Ordinal))
        {
            path = WithLineFeeds(path, isDeleted, range, folder);
        }

        region = new MemoryRegion(range, access, offset, new FileKey((uint)major, (uint)minor, inode), path, isDeleted);
        return true;
    }

    private static bool TryTakeHex(ref ReadOnlySpan<byte> line, byte separator, out ulong value)
    {
        if (!Utf8Parser.TryParse(line, out value, out int digits, 'x') || digits >= line.Length || line[digits] != separator)
        {
            return false;
        }

        line = line[(digits + 1)..];
        return true;
    }

    private static string Path(ReadOnlySpan<byte> raw, string lastPath)
    {
        if (raw.IsEmpty)
        {
            return "";
        }

        // A module's mappings follow each other: most lines repeat the path of the line before.
        return raw.Length == lastPath.Length && Ascii.Equals(raw, lastPath) ? lastPath : PathText.Decode(raw);
    }

    // Is it a line feed, or does the name have these characters? The link of the mapping has the name as it is; reading it touches no disk. Without it, a line feed.
    private static string WithLineFeeds(string path, bool isDeleted, AddressRange range, string? folder)
    {
        if (folder is not null && LinkCalls.Read(string.Create(CultureInfo.InvariantCulture, $"{folder}/map_files/{range.Start:x}-{range.End:x}"), out string exact) == 0)
        {
            exact = isDeleted ? MemoryRegion.WithoutDeletedMark(exact) : exact;

            // Unless the mapping has become another one meanwhile.
            if (exact.Replace("\n", EscapedLineFeed, StringComparison.Ordinal) == path)
            {
                return exact;
            }
        }

        return path.Replace(EscapedLineFeed, "\n", StringComparison.Ordinal);
    }
}
