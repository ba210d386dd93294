using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Python.Objects;

/// <summary>str, bytes, bytearray, and 2.7's str and unicode: where their characters are, and short ones whole.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>Characters by which 2.7's wide and narrow ones are distinguished.</summary>
    private const int WidthSample = 16;

    private const uint MaxCodePoint = 0x10ffff;

    /// <summary>Whether an object is a str, in 2.7 one of bytes, with characters that can be found.</summary>
    public bool IsText(ulong address) => Is(address, IsPython2 ? ObjectKind.Bytes : ObjectKind.Text) && TryLocateName(address, limits.NameLength, out _, out _);

    /// <summary>Whether an object is a str of exactly these ASCII characters, in 2.7 one of bytes.</summary>
    public bool IsText(ulong address, ReadOnlySpan<byte> ascii)
        => Is(address, IsPython2 ? ObjectKind.Bytes : ObjectKind.Text) && NameObject.Matches(_memory, address, layout, ascii);

    /// <summary>Reads a str, in 2.7 one of bytes; what is longer than <see cref="Limits.NameLength"/> is cut. Makes a string.</summary>
    public bool TryReadText(ulong address, out string text)
    {
        text = "";
        return Is(address, IsPython2 ? ObjectKind.Bytes : ObjectKind.Text) && TryReadName(address, out text);
    }

    /// <summary>Finds the bytes of a name of the interpreter's own, which need not be examined for its type; of a longer one than the maximum, the beginning.</summary>
    public bool TryLocateName(ulong address, int maxLength, out ulong data, out int byteLength)
        => NameObject.TryLocate(_memory, address, layout, maxLength, out data, out byteLength);

    /// <summary>Reads such a name; what is longer than <see cref="Limits.NameLength"/> is cut. Makes a string.</summary>
    public bool TryReadName(ulong address, out string name) => NameObject.TryRead(_memory, address, layout, limits.NameLength, out name);

    /// <summary>Makes sure that the copy has such a name.</summary>
    public bool TryPrefetchName(ulong address) => TryLocateName(address, limits.NameLength, out ulong data, out int length) && TryPrefetch(data, length);

    /// <summary>Finds the characters of a str, bytes, bytearray or 2.7's unicode; false for anything else.</summary>
    /// <param name="wanted">How many will be examined: by these is decided how wide those of 2.7 are.</param>
    public bool TryLocateText(ulong address, ObjectKind kind, int wanted, out TextRange text)
    {
        text = default;
        switch (kind)
        {
            case ObjectKind.Text:
                bool isText = UnicodeObject.TryLocate(_memory, address, layout.Unicode!, int.MaxValue, out UnicodeData found);
                text = new TextRange(found.Address, found.Length, found.Width);
                return isText;
            case ObjectKind.Bytes when TryReadField(address, 0, out long size) && size >= 0:
                text = TextRange.Of(address + (ulong)layout.Bytes.Data, size, 1);
                return true;
            case ObjectKind.ByteArray when TryReadField(address, 0, out long size) && size >= 0 && _memory.TryReadPointer(address + (ulong)layout.Values.ByteArrayStart, out ulong start):
                text = TextRange.Of(start, size, 1);
                return true;
            case ObjectKind.OldText when TryReadField(address, 0, out long length) && length >= 0 && TryReadField(address, sizeof(long), out ulong data):
                // PyUnicodeObject (2.7, unicodeobject.h): length, str, hash, defenc. How wide a character is was chosen when Python was compiled.
                text = TextRange.Of(data, length, IsWide(data, (int)Math.Min(length, wanted)) ? sizeof(uint) : sizeof(ushort));
                return true;
            default:
                return false;
        }
    }

    /// <summary>One character of bytes that were read.</summary>
    public static uint CharacterAt(ReadOnlySpan<byte> bytes, int index, int width) => width switch
    {
        1 => bytes[index],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(index * 2)..]),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]),
    };

    // Two characters of two bytes are no code point together, except for some that end in a zero byte.
    private bool IsWide(ulong data, int count)
    {
        Span<byte> first = stackalloc byte[WidthSample * sizeof(uint)];
        first = first[..(Math.Min(count, WidthSample) * sizeof(uint))];
        if (!_memory.TryRead(data, first))
        {
            return false;
        }

        for (int i = 0; i < first.Length; i += sizeof(uint))
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(first[i..]) > MaxCodePoint)
            {
                return false;
            }
        }

        return true;
    }
}
