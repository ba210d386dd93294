using System;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.LineTables;

/// <summary>Looks an instruction up in a code object's line table, whichever form the version has.</summary>
internal static class LineTable
{
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
