using System;

namespace PyStack.Engine.Python.Code.LineTables;

/// <summary>
/// <c>co_lnotab</c>, to 3.9: pairs of an unsigned byte increment and a line increment, which is signed from 3.6 on
/// (Objects/lnotab_notes.txt of CPython 2.7 and 3.8).
/// </summary>
internal static class LnotabTable
{
    /// <param name="firstLine"><c>co_firstlineno</c>.</param>
    /// <param name="instruction">Offset of the instruction, in bytes; negative before the first.</param>
    /// <param name="isSigned">Whether line increments have a sign.</param>
    public static SourcePosition Find(ReadOnlySpan<byte> table, int firstLine, int instruction, bool isSigned)
    {
        int line = firstLine;
        int start = 0;
        for (int i = 0; i + 1 < table.Length; i += 2)
        {
            start += table[i];
            if (start > instruction)
            {
                break;
            }

            line += isSigned ? (sbyte)table[i + 1] : table[i + 1];
        }

        return new SourcePosition(line);
    }
}
