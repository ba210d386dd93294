using System;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Code.LineTables;

/// <summary>Looks an instruction up in a code object's line table, in the version's form.</summary>
internal static class LineTable
{
    /// <remarks>
    /// From 3.10 on some instructions have no line, such as the jump back at a loop's end, where a thread releases the GIL (3.11). They get the line of the last
    /// instruction before them that has one, and nothing else: <c>co_positions()</c> has no columns for them either.
    /// </remarks>
    /// <param name="firstLine"><c>co_firstlineno</c>.</param>
    /// <param name="instruction">Offset of the instruction in the bytecode, in bytes; negative before the first.</param>
    public static SourcePosition Find(LineTableKind kind, ReadOnlySpan<byte> table, int firstLine, int instruction) => kind switch
    {
        LineTableKind.UnsignedLnotab => LnotabTable.Find(table, firstLine, instruction, isSigned: false),
        LineTableKind.Lnotab => LnotabTable.Find(table, firstLine, instruction, isSigned: true),
        LineTableKind.Ranges => RangesTable.Find(table, firstLine, instruction),
        _ => LocationsTable.Find(table, firstLine, instruction),
    };
}
