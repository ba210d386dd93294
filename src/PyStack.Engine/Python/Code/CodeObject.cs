using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Code;

/// <summary>The decoded fields of a code object.</summary>
/// <param name="QualifiedName"><c>co_qualname</c> (3.11 and later), else null.</param>
/// <param name="FirstTraceable">Where the function's own code begins in the bytecode, in bytes; 0 to 3.10.</param>
/// <param name="LineTable">Its line table, in the form that <paramref name="LineTableKind"/> names.</param>
internal sealed record CodeObject(
    string Name, string? QualifiedName, string FileName, int FirstLine, long FirstTraceable, LineTableKind LineTableKind, byte[] LineTable)
{
    /// <summary>The source position of an instruction.</summary>
    /// <param name="instruction">Its offset in the bytecode, in bytes; negative before the first.</param>
    public SourcePosition PositionOf(int instruction) => LineTables.LineTable.Find(LineTableKind, LineTable, FirstLine, instruction);
}
