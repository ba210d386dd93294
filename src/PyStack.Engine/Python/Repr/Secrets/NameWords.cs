using System;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>A name in small letters and without what is between its words, and where each word begins.</summary>
internal readonly ref struct NameWords
{
    private readonly ReadOnlySpan<bool> _isStart;

    /// <param name="name">In camel case, snake case, kebab case, capitals or with blanks.</param>
    /// <param name="joined">Room for the letters and digits; what does not fit is left out.</param>
    /// <param name="isStart">Room for one more.</param>
    public NameWords(ReadOnlySpan<char> name, Span<char> joined, Span<bool> isStart)
    {
        int length = 0;
        bool isNew = true;
        isStart.Clear();
        for (int i = 0; i < name.Length && length < joined.Length; i++)
        {
            char one = name[i];
            if (!char.IsLetterOrDigit(one))
            {
                isNew = true;
                continue;
            }

            isStart[length] = isNew || IsBreak(name, i);
            joined[length++] = char.ToLowerInvariant(one);
            isNew = false;
        }

        isStart[length] = true;
        Joined = joined[..length];
        _isStart = isStart[..(length + 1)];
    }

    public ReadOnlySpan<char> Joined { get; }

    /// <summary>Whether a word begins at a place; true at the end.</summary>
    public bool IsStart(int place) => _isStart[place];

    /// <summary>Where the word ends that begins or continues at a position.</summary>
    public int EndOf(int place)
    {
        int end = place + 1;
        while (!_isStart[end])
        {
            end++;
        }

        return end;
    }

    // fooBar, HTTPServer, v2, 2nd
    private static bool IsBreak(ReadOnlySpan<char> name, int i)
    {
        char before = name[i - 1];
        char one = name[i];
        return char.IsDigit(before) != char.IsDigit(one)
            || (char.IsUpper(one) && (char.IsLower(before) || (i + 1 < name.Length && char.IsUpper(before) && char.IsLower(name[i + 1]))));
    }
}
