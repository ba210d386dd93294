using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>str, bytes, bytearray, and 2.7's str and unicode.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>What stands for bytes that are no text.</summary>
    private const string Binary = "<BINARY>";

    private bool TryText(ulong address)
    {
        if (!UnicodeObject.TryLocate(_memory, address, _layout.Unicode!, int.MaxValue, out UnicodeData data))
        {
            return false;
        }

        int count = Math.Min(data.Length, _text.Room);
        return TryCharacters(data.Address, count, data.Width, isCut: count < data.Length);
    }

    // 2.7: PyUnicodeObject (unicodeobject.h): length, str, hash, defenc. How wide a character is was chosen when Python was compiled.
    private bool TryOldText(ulong address)
    {
        if (!_memory.TryRead(address + _head, out long length) || length < 0 || !_memory.TryReadPointer(address + _head + sizeof(long), out ulong data))
        {
            return false;
        }

        _text.Append('u');
        int count = (int)Math.Min(length, _text.Room);
        return TryCharacters(data, count, IsWide(data, count) ? 4 : 2, isCut: count < length);
    }

    // Two characters of two bytes are no code point together, but for some that end in a zero byte.
    private bool IsWide(ulong data, int count)
    {
        Span<byte> first = stackalloc byte[16 * sizeof(uint)];
        first = first[..(Math.Min(count, 16) * sizeof(uint))];
        if (!_memory.TryRead(data, first))
        {
            return false;
        }

        for (int i = 0; i < first.Length; i += sizeof(uint))
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(first[i..]) > 0x10ffff)
            {
                return false;
            }
        }

        return true;
    }

    // What is longer than fits is cut: the quotes are chosen by what is seen of it.
    private bool TryCharacters(ulong data, int count, int width, bool isCut)
    {
        if (!TryBuffer(count * width, out Span<byte> bytes))
        {
            return TryPrefetchLong(data, count * width);
        }

        if (!_memory.TryRead(data, bytes))
        {
            return false;
        }

        bool hasSingle = false;
        bool hasDouble = false;
        for (int i = 0; i < count; i++)
        {
            uint one = At(bytes, i, width);
            if (one > 0x10ffff)
            {
                return false;
            }

            hasSingle |= one == '\'';
            hasDouble |= one == '"';
        }

        ReadOnlySpan<char> hidden = Hide(bytes, count, width, isCut);
        char quote = hasSingle && !hasDouble ? '"' : '\'';
        _text.Append(quote);
        for (int i = 0; i < count && !_text.IsFull; i++)
        {
            if (IsHidden(hidden, i))
            {
                continue;
            }

            uint one = At(bytes, i, width);

            // 2.7 compiled for two bytes writes the two halves of a character together.
            if (width == 2 && _layout.Unicode is null && i + 1 < count && one is >= 0xd800 and < 0xdc00 && At(bytes, i + 1, width) is >= 0xdc00 and < 0xe000 and uint low)
            {
                one = 0x10000 + ((one - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }

            Character(one, quote);
        }

        _text.Append(quote);
        return true;
    }

    // Writes what is in the place of a secret at its first character.
    private bool IsHidden(ReadOnlySpan<char> hidden, int index)
    {
        if (hidden.IsEmpty || hidden[index] != SecretText.Hidden)
        {
            return false;
        }

        if (index == 0 || hidden[index - 1] != SecretText.Hidden)
        {
            _text.Append(SecretNames.Redacted);
        }

        return true;
    }

    private static uint At(ReadOnlySpan<byte> bytes, int index, int width) => width switch
    {
        1 => bytes[index],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(index * 2)..]),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]),
    };

    // Objects/unicodeobject.c, unicode_repr.
    private void Character(uint one, char quote)
    {
        switch (one)
        {
            case '\n':
                _text.Append("\\n");
                return;
            case '\r':
                _text.Append("\\r");
                return;
            case '\t':
                _text.Append("\\t");
                return;
            case '\\':
                _text.Append("\\\\");
                return;
        }

        if (one == quote)
        {
            _text.Append('\\');
            _text.Append(quote);
        }
        else if (one is >= 0x20 and < 0x7f)
        {
            _text.Append((char)one);
        }
        else if (_layout.Unicode is not null && IsPrintable(one))
        {
            _text.Append(new Rune(one));
        }
        else
        {
            Escape(one);
        }
    }

    private void Escape(uint one)
    {
        _text.Append(one <= 0xff ? "\\x" : one <= 0xffff ? "\\u" : "\\U");
        Span<char> digits = stackalloc char[8];
        _ = one.TryFormat(digits, out int count, one <= 0xff ? "x2" : one <= 0xffff ? "x4" : "x8", CultureInfo.InvariantCulture);
        _text.Append(digits[..count]);
    }

    // str.isprintable(): not "Other", not "Separator" but the space. Which characters are assigned grows with each Unicode version, theirs and ours.
    private static bool IsPrintable(uint one)
        => one > 0xa0
            && Rune.IsValid(one)
            && CharUnicodeInfo.GetUnicodeCategory((int)one) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private bool TryBytes(ulong address)
    {
        if (!_memory.TryRead(address + _head, out long size) || size < 0)
        {
            return false;
        }

        // 2.7's str is what its programs have for text, in whatever encoding.
        bool isText = _layout.Unicode is null;
        return TryByteText(address + (ulong)_layout.Bytes.Data, size, isText ? "" : "b", isText);
    }

    private bool TryByteArray(ulong address)
    {
        if (!_memory.TryRead(address + _head, out long size) || size < 0 || !_memory.TryReadPointer(address + (ulong)_layout.Values.ByteArrayStart, out ulong start))
        {
            return false;
        }

        _text.Append("bytearray(");
        if (!TryByteText(start, size, "b", isText: false))
        {
            return false;
        }

        _text.Append(')');
        return true;
    }

    private bool TryByteText(ulong data, long size, string prefix, bool isText)
    {
        int count = (int)Math.Min(size, _text.Room);
        if (!TryBuffer(count, out Span<byte> bytes))
        {
            return TryPrefetchLong(data, count);
        }

        if (count > 0 && !_memory.TryRead(data, bytes))
        {
            return false;
        }

        if (!isText && IsBinary(bytes))
        {
            _text.Append(Binary);
            return true;
        }

        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        _text.Append(prefix);
        _text.Append(quote);
        ReadOnlySpan<char> hidden = Hide(bytes, count, 1, isCut: count < size);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (IsHidden(hidden, i))
            {
                continue;
            }

            byte one = bytes[i];
            if (one < 0x80)
            {
                Character(one, quote);
            }
            else
            {
                Escape(one);
            }
        }

        _text.Append(quote);
        return true;
    }

    private static bool IsBinary(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (one is >= 0x7f or (< 0x20 and not (byte)'\t' and not (byte)'\n' and not (byte)'\r'))
            {
                return true;
            }
        }

        return false;
    }

    private void AppendUtf8(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int used);
            _text.Append(rune);
            text = text[used..];
        }
    }

    // A name of the interpreter's own, without quotes.
    private bool TryName(ulong address)
    {
        if (!NameObject.TryLocate(_memory, address, _layout, _limits.NameLength, out ulong data, out int length))
        {
            return false;
        }

        if (_isPrefetching)
        {
            // Counted as no characters: what follows is read rather too far.
            return TryPrefetchRange(data, length);
        }

        if (!NameObject.TryRead(_memory, address, _layout, _limits.NameLength, out string name))
        {
            return false;
        }

        _text.Append(name);
        return true;
    }
}
