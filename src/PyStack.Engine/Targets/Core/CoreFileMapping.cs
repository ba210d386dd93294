using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>A file that the process had mapped, as <c>NT_FILE</c> has it.</summary>
/// <param name="Offset">Where in the file the mapping began, in bytes.</param>
/// <param name="Path">As the process named it.</param>
internal sealed record CoreFileMapping(AddressRange Range, ulong Offset, string Path);
