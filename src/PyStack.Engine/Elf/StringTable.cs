using System;

namespace PyStack.Engine.Elf;

/// <summary>The bytes of a string table (ELF gABI, "String Table"): texts that end in a zero byte, found by their offset.</summary>
internal static class StringTable
{
    /// <summary>The text at an offset; empty where there is none.</summary>
    public static ReadOnlySpan<byte> TextAt(ReadOnlySpan<byte> table, uint offset)
    {
        if (offset >= (uint)table.Length)
        {
            return default;
        }

        ReadOnlySpan<byte> rest = table[(int)offset..];
        return rest.IndexOf((byte)0) is var length and >= 0 ? rest[..length] : default;
    }

    /// <summary>Whether the text at an offset, up to its zero byte, is <paramref name="text"/>.</summary>
    public static bool IsAt(ReadOnlySpan<byte> table, uint offset, ReadOnlySpan<byte> text)
    {
        if (offset >= (uint)table.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = table[(int)offset..];
        return rest.Length > text.Length && rest[text.Length] == 0 && rest.StartsWith(text);
    }
}
