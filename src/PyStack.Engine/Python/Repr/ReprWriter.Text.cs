using System;
using System.Globalization;
using System.Text;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>str, bytes, bytearray, and 2.7's str and unicode.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>What is shown for bytes that are not text.</summary>
    private const string Binary = "<BINARY>";

    private bool TryText(ulong address) => _objects.TryLocateText(address, ObjectKind.Text, _text.Room, out TextRange text) && TryCharacters(text);

    private bool TryOldText(ulong address)
    {
        if (!_objects.TryLocateText(address, ObjectKind.OldText, _text.Room, out TextRange text))
        {
            return false;
        }

        _text.Append('u');
        return TryCharacters(text);
    }

    // What is longer than fits is cut: the quotes are chosen by what is seen of it.
    private bool TryCharacters(in TextRange text)
    {
        int count = Math.Min(text.Length, _text.Room);
        int width = text.Width;
        if (!TryBuffer(count * width, out Span<byte> bytes))
        {
            // The object may show fewer characters than it has bytes, so that none are counted: what follows is read rather too far.
            return _objects.TryPrefetch(text.Address, count * width);
        }

        if (!_objects.TryReadBytes(text.Address, bytes))
        {
            return false;
        }

        bool hasSingle = false;
        bool hasDouble = false;
        for (int i = 0; i < count; i++)
        {
            uint one = ObjectReader.CharacterAt(bytes, i, width);
            if (one > 0x10ffff)
            {
                return false;
            }

            hasSingle |= one == '\'';
            hasDouble |= one == '"';
        }

        ReadOnlySpan<char> hidden = Hide(bytes, count, width, isTruncated: count < text.Length);
        char quote = hasSingle && !hasDouble ? '"' : '\'';
        _text.Append(quote);
        for (int i = 0; i < count && !_text.IsFull; i++)
        {
            if (IsHidden(hidden, i))
            {
                continue;
            }

            uint one = ObjectReader.CharacterAt(bytes, i, width);

            // 2.7 compiled for two bytes writes the two halves of a character together.
            if (width == 2 && _objects.IsPython2 && i + 1 < count && one is >= 0xd800 and < 0xdc00 && ObjectReader.CharacterAt(bytes, i + 1, width) is >= 0xdc00 and < 0xe000 and uint low)
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
        else if (!_objects.IsPython2 && IsPrintable(one))
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

    // Programs for 2.7 use str for text, in any encoding.
    private bool TryBytes(ulong address)
        => _objects.TryLocateText(address, ObjectKind.Bytes, _text.Room, out TextRange bytes) && TryByteText(bytes, _objects.IsPython2 ? "" : "b", isText: _objects.IsPython2);

    private bool TryByteArray(ulong address)
    {
        if (!_objects.TryLocateText(address, ObjectKind.ByteArray, _text.Room, out TextRange text))
        {
            return false;
        }

        _text.Append("bytearray(");
        if (!TryByteText(text, "b", isText: false))
        {
            return false;
        }

        _text.Append(')');
        return true;
    }

    private bool TryByteText(in TextRange text, string prefix, bool isText)
    {
        int count = Math.Min(text.Length, _text.Room);
        if (!TryBuffer(count, out Span<byte> bytes))
        {
            return _objects.TryPrefetch(text.Address, count);
        }

        if (count > 0 && !_objects.TryReadBytes(text.Address, bytes))
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
        ReadOnlySpan<char> hidden = Hide(bytes, count, 1, isTruncated: count < text.Length);
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
}
