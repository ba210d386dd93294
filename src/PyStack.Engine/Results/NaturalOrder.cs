using System;

namespace PyStack.Engine.Results;

/// <summary>Compares names as people order them: <c>Task-9</c> before <c>Task-10</c>.</summary>
internal static class NaturalOrder
{
    public static int Compare(string? left, string? right)
    {
        ReadOnlySpan<char> one = left;
        ReadOnlySpan<char> other = right;
        while (!one.IsEmpty && !other.IsEmpty)
        {
            int order;
            if (char.IsAsciiDigit(one[0]) && char.IsAsciiDigit(other[0]))
            {
                ReadOnlySpan<char> number = TakeNumber(ref one);
                ReadOnlySpan<char> second = TakeNumber(ref other);
                order = number.Length != second.Length ? number.Length.CompareTo(second.Length) : number.SequenceCompareTo(second);
            }
            else
            {
                order = one[0].CompareTo(other[0]);
                one = one[1..];
                other = other[1..];
            }

            if (order != 0)
            {
                return order;
            }
        }

        return one.Length.CompareTo(other.Length);
    }

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = (end < 0 ? text : text[..end]).TrimStart('0');
        text = end < 0 ? default : text[end..];
        return number;
    }
}
