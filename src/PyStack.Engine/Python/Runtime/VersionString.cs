using System;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// Reads a version from text: from the text of <c>Py_GetVersion</c> in the module's data
/// (<c>3.9.18 (main, Oct 4 2023, 10:02:03) [GCC 12.2.0]</c>, Python/getversion.c), or from a file's name.
/// </summary>
internal static class VersionString
{
    private const int ChunkSize = 1 << 16;

    /// <summary>Room for a version and its opening bracket at a chunk's border.</summary>
    private const int Overlap = 32;

    private const ulong MaxBytes = 16 << 20;

    private const int MaxMinor = 50;

    /// <summary>Searches the writable data of a module.</summary>
    public static bool TryFindInData(IMemorySource memory, Module module, out PythonVersion version)
    {
        byte[] buffer = new byte[ChunkSize];
        ulong budget = MaxBytes;
        foreach (MemoryRegion region in module.Regions)
        {
            if (!region.IsWritable)
            {
                continue;
            }

            AddressRange range = region.Range;
            for (ulong at = range.Start; at < range.End && budget >= ChunkSize; at += ChunkSize - Overlap)
            {
                int length = (int)Math.Min(ChunkSize, range.End - at);
                int count = memory.Read(at, buffer.AsSpan(0, length));
                if (TryFindBanner(buffer.AsSpan(0, count), out version))
                {
                    return true;
                }

                budget -= ChunkSize;
            }
        }

        version = default;
        return false;
    }

    /// <summary>
    /// A version that is known as a number, with its <c>+</c> if the version text in the module's data has one; in free-threaded builds words follow it before the bracket. The
    /// text is in <c>.bss</c>, which is last: so the search begins at the end.
    /// </summary>
    public static PythonVersion WithPlus(IMemorySource memory, Module module, PythonVersion version)
    {
        PythonVersion later = version with { IsAfterRelease = true };
        byte[] wanted = Encoding.ASCII.GetBytes("\0" + later.ToString() + " ");
        byte[] buffer = new byte[ChunkSize];
        ulong budget = MaxBytes;
        for (int i = module.Regions.Count - 1; i >= 0; i--)
        {
            AddressRange range = module.Regions[i].Range;
            ulong end = range.End;
            while (module.Regions[i].IsWritable && end > range.Start && budget >= ChunkSize)
            {
                int length = (int)Math.Min(ChunkSize, end - range.Start);
                int count = memory.Read(end - (ulong)length, buffer.AsSpan(0, length));
                if (buffer.AsSpan(0, count).IndexOf(wanted) >= 0)
                {
                    return later;
                }

                end = length < ChunkSize ? range.Start : end - (ChunkSize - Overlap);
                budget -= ChunkSize;
            }
        }

        return version;
    }

    /// <summary>Finds <c>\0X.Y.Z (</c>.</summary>
    public static bool TryFindBanner(ReadOnlySpan<byte> data, out PythonVersion version)
    {
        int from = 0;
        return TryFindBanner(data, ref from, out version);
    }

    /// <summary>Finds the next one from a position on, which then is after it. Version texts of other programs look similar: Python's are 2.x and 3.x.</summary>
    public static bool TryFindBanner(ReadOnlySpan<byte> data, ref int from, out PythonVersion version)
    {
        while (true)
        {
            int bracket = data[from..].IndexOf(" ("u8);
            if (bracket < 0)
            {
                version = default;
                return false;
            }

            int end = from + bracket;
            int start = end;
            while (start > 0 && data[start - 1] is > (byte)' ' and < 0x7f && end - start < Overlap)
            {
                start--;
            }

            from = end + 1;
            if (start > 0 && data[start - 1] == 0 && TryParse(data[start..end], out version) && version is { Major: 2 or 3, Minor: < MaxMinor })
            {
                return true;
            }
        }
    }

    /// <summary>Takes the version from <c>libpythonX.Y…</c> or <c>pythonX.Y…</c>; the micro version is unknown (0).</summary>
    public static bool TryFindInFileName(string fileName, out PythonVersion version)
    {
        version = default;
        const string Word = "python";
        int at = fileName.IndexOf(Word, StringComparison.Ordinal);
        if (at < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = fileName.AsSpan(at + Word.Length);
        int dot = rest.IndexOf('.');
        if (dot < 0 || !int.TryParse(rest[..dot], out int major))
        {
            return false;
        }

        rest = rest[(dot + 1)..];
        int digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
        {
            digits++;
        }

        if (!int.TryParse(rest[..digits], out int minor))
        {
            return false;
        }

        version = new PythonVersion(major, minor);
        return true;
    }

    /// <summary>Takes <c>3.9.18</c>, <c>3.15.0a2</c>, <c>3.12.1+</c> apart (PY_VERSION, Include/patchlevel.h).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out PythonVersion version)
    {
        version = default;
        if (!TryTakeNumber(ref text, out int major) || !TryTake(ref text, (byte)'.')
            || !TryTakeNumber(ref text, out int minor) || !TryTake(ref text, (byte)'.')
            || !TryTakeNumber(ref text, out int micro))
        {
            return false;
        }

        int level = 0xF;
        int serial = 0;
        if (!text.IsEmpty && text[0] is (byte)'a' or (byte)'b' or (byte)'r')
        {
            level = text[0] switch { (byte)'a' => 0xA, (byte)'b' => 0xB, _ => 0xC };
            text = text[(level == 0xC ? Math.Min(2, text.Length) : 1)..];
            if (!TryTakeNumber(ref text, out serial))
            {
                return false;
            }
        }

        version = new PythonVersion(major, minor, micro, level, serial) { IsAfterRelease = !text.IsEmpty && text[0] == (byte)'+' };
        return text.IsEmpty || version.IsAfterRelease;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, byte wanted)
    {
        if (text.IsEmpty || text[0] != wanted)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        int digits = 0;
        while (digits < text.Length && digits < 4 && text[digits] is >= (byte)'0' and <= (byte)'9')
        {
            number = (number * 10) + (text[digits++] - '0');
        }

        text = text[digits..];
        return digits > 0;
    }
}
