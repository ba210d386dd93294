using System;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>Names of C functions with the suffixes of compilers.</summary>
internal static class FunctionName
{
    /// <summary>
    /// Without what a compiler appends to a clone or a part of a function (<c>.part.0</c>, <c>.constprop.0</c>, <c>.cold</c>, <c>.llvm.123</c>): no name
    /// of C has a dot.
    /// </summary>
    public static ReadOnlySpan<char> WithoutSuffix(string? name)
    {
        ReadOnlySpan<char> text = name;
        int dot = text.IndexOf('.');
        return dot > 0 ? text[..dot] : text;
    }
}
