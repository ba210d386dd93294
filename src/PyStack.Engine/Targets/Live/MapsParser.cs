using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live;

/// <summary>Reads <c>/proc/PID/maps</c> (proc_pid_maps(5)): <c>start-end perms offset major:minor inode path</c>.</summary>
internal static class MapsParser
{
    private static ReadOnlySpan<byte> DeletedMark => " (deleted)"u8;

    /// <summary>All lines that can be understood; the kernel writes no others.</summary>
    public static List<MemoryRegion> Parse(ReadOnlySpan<byte> text)
    {
        List<MemoryRegion> regions = new(64);
        string lastPath = "";
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (TryParseLine(line, lastPath, out MemoryRegion? region))
            {
                regions.Add(region!);
                lastPath = region!.Path;
            }
        }

        return regions;
    }

    /// <summary>Reads one line.</summary>
    /// <param name="lastPath">The path of the line before, to be shared by lines that repeat it.</param>
    public static bool TryParseLine(ReadOnlySpan<byte> line, string lastPath, out MemoryRegion? region)
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

        region = new MemoryRegion(
            new AddressRange(start, end), access, offset, new FileKey((uint)major, (uint)minor, inode), Path(line, lastPath), isDeleted);
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
        string path = raw.Length == lastPath.Length && Ascii.Equals(raw, lastPath) ? lastPath : Encoding.UTF8.GetString(raw);

        // The kernel writes a line feed in a name as \012 and escapes nothing else.
        return path.Contains('\\', StringComparison.Ordinal) ? path.Replace("\\012", "\n", StringComparison.Ordinal) : path;
    }
}
