using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Code;

/// <summary>What a frame's code object says about itself.</summary>
/// <param name="QualifiedName"><c>co_qualname</c> (3.11 and later), else null.</param>
/// <param name="FirstTraceable">Where the function's own code begins in the bytecode, in bytes; 0 to 3.10.</param>
/// <param name="LineTable">Its line table, in the form that <paramref name="LineTableKind"/> names.</param>
internal sealed record CodeObject(
    string Name, string? QualifiedName, string FileName, int FirstLine, long FirstTraceable, LineTableKind LineTableKind, byte[] LineTable)
{
    /// <summary>Where an instruction comes from.</summary>
    /// <param name="instruction">Its offset in the bytecode, in bytes; negative before the first.</param>
    public SourcePosition PositionOf(int instruction) => LineTables.LineTable.Find(LineTableKind, LineTable, FirstLine, instruction);
}
