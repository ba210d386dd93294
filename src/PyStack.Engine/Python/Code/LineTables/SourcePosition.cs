namespace PyStack.Engine.Python.Code.LineTables;

/// <summary>Where in the source an instruction comes from. Null if the table does not have it.</summary>
/// <param name="Line">From 1.</param>
/// <param name="EndLine">From 1.</param>
/// <param name="Column">From 0, in UTF-8 bytes.</param>
/// <param name="EndColumn">From 0, in UTF-8 bytes; exclusive.</param>
internal readonly record struct SourcePosition(int? Line, int? EndLine = null, int? Column = null, int? EndColumn = null);
