using System;

namespace PyStack.Engine.Python.Objects;

/// <summary>Where the characters of a text are.</summary>
/// <param name="Address">Of the first one.</param>
/// <param name="Length">How many, as the target says: what reads them bounds it.</param>
/// <param name="Width">Bytes of each: 1, 2 or 4.</param>
internal readonly record struct TextRange(ulong Address, int Length, int Width)
{
    public static TextRange Of(ulong address, long length, int width) => new(address, (int)Math.Min(length, int.MaxValue), width);
}
