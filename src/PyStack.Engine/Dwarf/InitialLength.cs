using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>The length before each unit of a debug section, which also says which of the two formats the unit has (DWARF 5, 7.4).</summary>
internal static class InitialLength
{
    /// <summary>Then a 64-bit length follows, and offsets in the unit are as wide.</summary>
    private const uint Extended = 0xffff_ffff;

    /// <summary>Bytes of it, in the longer format.</summary>
    public const ulong MostBytes = sizeof(uint) + sizeof(ulong);

    /// <summary>Reads it and moves after it.</summary>
    /// <param name="sectionLength">The end of the section, of which the cursor may have only the first part.</param>
    /// <param name="length">Bytes that follow, up to the end of the section at most.</param>
    /// <param name="offsetSize">Bytes of an offset in the unit: 4 or 8.</param>
    public static bool TryRead(ref ByteCursor cursor, ulong sectionLength, out ulong length, out int offsetSize)
    {
        bool isRead = cursor.TryReadUInt32(out uint shortLength);
        offsetSize = shortLength == Extended ? sizeof(ulong) : sizeof(uint);
        length = shortLength;
        return isRead && (shortLength != Extended || cursor.TryReadUInt64(out length)) && (ulong)cursor.Position <= sectionLength && length <= sectionLength - (ulong)cursor.Position;
    }
}
