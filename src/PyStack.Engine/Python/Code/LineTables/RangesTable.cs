using System;

namespace PyStack.Engine.Python.Code.LineTables;

/// <summary>
/// <c>co_linetable</c> of 3.10 (PEP 626): pairs of a range's length in bytes and a signed line increment, where -128 means
/// that the range has no line (Objects/lnotab_notes.txt of CPython 3.10).
/// </summary>
internal static class RangesTable
{
    private const sbyte NoLine = -128;

    /// <param name="firstLine"><c>co_firstlineno</c>.</param>
    /// <param name="instruction">Offset of the instruction, in bytes; negative before the first.</param>
    /// <remarks>As <see cref="LineTable.Find"/> says, an instruction without a line has that of the last one before it.</remarks>
    public static SourcePosition Find(ReadOnlySpan<byte> table, int firstLine, int instruction)
    {
        if (instruction < 0)
        {
            return new SourcePosition(firstLine);
        }

        int line = firstLine;
        int end = 0;
        int? before = null;
        for (int i = 0; i + 1 < table.Length; i += 2)
        {
            end += table[i];
            sbyte delta = (sbyte)table[i + 1];
            if (delta != NoLine)
            {
                line += delta;
            }

            if (instruction < end)
            {
                return new SourcePosition(delta != NoLine ? line : before ?? FirstOf(table[(i + 2)..], firstLine));
            }

            // A range of length 0 only changes the line: increments are small.
            before = delta != NoLine && table[i] > 0 ? line : before;
        }

        return default;
    }

    // What is before the first line of a table that has lines belongs to the function's head.
    private static int? FirstOf(ReadOnlySpan<byte> rest, int firstLine)
    {
        for (int i = 0; i + 1 < rest.Length; i += 2)
        {
            if ((sbyte)rest[i + 1] != NoLine && rest[i] > 0)
            {
                return firstLine;
            }
        }

        return null;
    }
}
