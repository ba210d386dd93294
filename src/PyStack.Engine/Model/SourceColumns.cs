using System.Text;

namespace PyStack;

/// <summary>The columns of frames, which are bytes, as places in the text of a line.</summary>
internal static class SourceColumns
{
    /// <summary>The index of the character that contains the UTF-8 byte at <paramref name="offset"/>; the length if it is after the end.</summary>
    public static int IndexOfByte(string line, int offset)
    {
        int bytes = 0;
        for (int i = 0; i < line.Length;)
        {
            // A lone surrogate represents a byte that is not UTF-8; it has the length of U+FFFD, three bytes.
            bool isRune = Rune.TryGetRuneAt(line, i, out Rune rune);
            bytes += isRune ? rune.Utf8SequenceLength : 3;
            if (bytes > offset)
            {
                return i;
            }

            i += isRune ? rune.Utf16SequenceLength : 1;
        }

        return line.Length;
    }
}
