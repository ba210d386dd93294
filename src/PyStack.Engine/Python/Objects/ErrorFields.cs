namespace PyStack.Engine.Python.Objects;

/// <summary>What an OSError has besides its arguments: objects, 0 for what was not given.</summary>
/// <param name="Number"><c>errno</c></param>
/// <param name="Text"><c>strerror</c></param>
/// <param name="File"><c>filename</c></param>
/// <param name="OtherFile"><c>filename2</c>: 3.4 and later.</param>
internal readonly record struct ErrorFields(ulong Number, ulong Text, ulong File, ulong OtherFile);
