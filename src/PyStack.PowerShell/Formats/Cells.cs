using System;
using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>How many cells of a terminal a text takes. The text has no control characters: it was escaped (<see cref="TerminalText"/>).</summary>
internal static class Cells
{
    private const string More = "…";

    /// <summary>More marks on one character than any script needs are left out: they would run into the lines above.</summary>
    private const int MaxMarks = 4;

    // First and last code points with the East_Asian_Width W or F (EastAsianWidth.txt of Unicode), unassigned ones between them included.
    private static readonly int[] Wide =
    [
        0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe, 0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f,
        0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be, 0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5,
        0x26fa, 0x26fa, 0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797,
        0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55, 0x2e80, 0x303e, 0x3040, 0x3247, 0x3250, 0x4dbf, 0x4e00, 0xa4cf, 0xa960, 0xa97f,
        0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x1b2ff, 0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf,
        0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c, 0x1f37e, 0x1f393, 0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0,
        0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442, 0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596,
        0x1f5a4, 0x1f5a4, 0x1f5fb, 0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6df, 0x1f6eb, 0x1f6ef, 0x1f6f4, 0x1f6ff, 0x1f7e0, 0x1f7ff,
        0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70, 0x1faff, 0x20000, 0x3fffd,
    ];

    /// <summary>The cells of one character: 0 of a mark that is shown on the one before it, 2 of a wide one.</summary>
    public static int Of(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        >= 0x1160 and <= 0x11ff => 0, // vowels and final consonants of Hangul, which belong to the one before them
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        var code => IsWide(code) ? 2 : 1,
    };

    /// <summary>The cells of a text.</summary>
    public static int Of(string text)
    {
        int cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            cells += Of(rune);
        }

        return cells;
    }

    /// <summary>A text that takes no more cells than there is room for: cut at its end if it must be.</summary>
    public static string Cut(string text, int room)
    {
        if (text.Length <= room && Ascii.IsValid(text))
        {
            return text;
        }

        StringBuilder cut = new();
        int cells = 0;
        int marks = 0;
        int atMore = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int own = Of(rune);
            marks = own == 0 ? marks + 1 : 0;
            if (marks > MaxMarks)
            {
                continue;
            }

            if (cells + own > room)
            {
                return room < 1 ? "" : cut.ToString(0, atMore) + More;
            }

            cells += own;
            _ = cut.Append(rune.ToString());
            atMore = cells < room ? cut.Length : atMore;
        }

        return cut.ToString();
    }

    /// <summary>A text that takes no more cells than there is room for: cut at its beginning, because the end of a path says more.</summary>
    public static string CutStart(string text, int room)
    {
        if (Of(text) <= room)
        {
            return Cut(text, room);
        }

        int cells = 1;
        int from = text.Length;
        while (from > 0 && Rune.DecodeLastFromUtf16(text.AsSpan(0, from), out Rune rune, out int length) == System.Buffers.OperationStatus.Done && cells + Of(rune) <= room)
        {
            cells += Of(rune);
            from -= length;
        }

        return room < 1 ? "" : More + Cut(text[from..], room - 1);
    }

    /// <summary>A text in a column: cut, and filled with blanks.</summary>
    public static string Fit(string text, int room, bool isRight = false)
    {
        string cut = Cut(text, room);
        string blanks = new(' ', Math.Max(0, room - Of(cut)));
        return isRight ? blanks + cut : cut + blanks;
    }

    /// <summary>Whether a character takes two cells.</summary>
    public static bool IsWide(int code)
    {
        int at = Array.BinarySearch(Wide, code);
        return at >= 0 || (~at & 1) == 1;
    }
}
