using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>
/// One name in Rust's v0 mangling (RFC 2603; the rustc book, "v0 Symbol Format"), read from left to right and written as it is
/// read. Each method reads one rule of the grammar; after the first that fails the whole name is given up.
/// </summary>
internal ref partial struct RustV0Name
{
    /// <summary>Each level costs stack; the types of real programs stay far below.</summary>
    private const int MaxDepth = 128;

    private const int MaxReadable = 16384;

    /// <summary>Binders of higher-ranked lifetimes; people write one or two.</summary>
    private const int MaxBinder = 1024;

    /// <summary>
    /// How many characters may be read, those after backreferences counted each time: a few characters can expand to
    /// hundreds that lead through one backreference after another.
    /// </summary>
    private const int MaxSteps = 16 * MaxReadable;

    private readonly ReadOnlySpan<byte> _name;
    private readonly StringBuilder _readable = new();
    private int _position;
    private int _steps;
    private int _depth;
    private ulong _boundLifetimes;

    /// <summary>Parts that are not shown are read only to find their end; backreferences in them are not followed.</summary>
    private bool _isSilent;

    private RustV0Name(ReadOnlySpan<byte> name) => _name = name;

    /// <summary>Reads what follows <c>_R</c>; backreferences count from there.</summary>
    public static bool TryRead(ReadOnlySpan<char> name, [NotNullWhen(true)] out string? readable)
    {
        // Lengths in the name are those of UTF-8.
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(name)];
        Encoding.UTF8.GetBytes(name, bytes);
        RustV0Name reader = new(bytes);
        readable = reader.TryReadSymbol() ? reader._readable.ToString() : null;
        return readable is not null;
    }

    private bool TryReadSymbol()
    {
        // A digit here is the version of an encoding that does not exist yet: no path begins with one.
        if (!TryReadPath(isValue: true) || (char.IsAsciiLetterUpper(Peek()) && !TrySkipPath()))
        {
            return false;
        }

        // The suffix is the vendor's; it does not belong to the name.
        return _readable.Length > 0 && (_position == _name.Length || Peek() is '.' or '$');
    }

    /// <summary>Reads a path; in one of a value, Rust writes <c>::</c> before generic arguments.</summary>
    private bool TryReadPath(bool isValue)
    {
        if (++_depth > MaxDepth)
        {
            return false;
        }

        bool isRead = Take() switch
        {
            'C' => TryReadIdentifier(out _, out string name) && Append(name),
            'M' => TryReadDisambiguator(out _) && TrySkipPath() && Append("<") && TryReadType() && Append(">"),
            'X' => TryReadDisambiguator(out _) && TrySkipPath() && TryReadTypeAsTrait(),
            'Y' => TryReadTypeAsTrait(),
            'N' => TryReadNestedPath(isValue),
            'I' => TryReadPath(isValue) && Append(isValue ? "::<" : "<") && TryReadArguments() && Append(">"),
            'B' => TryJump(out int back) && (_isSilent || (TryReadPath(isValue) && Return(back))),
            _ => false,
        };
        _depth--;
        return isRead;
    }

    private bool TrySkipPath()
    {
        bool wasSilent = _isSilent;
        _isSilent = true;
        bool isRead = TryReadPath(isValue: false);
        _isSilent = wasSilent;
        return isRead;
    }

    private bool TryReadTypeAsTrait()
        => Append("<") && TryReadType() && Append(" as ") && TryReadPath(isValue: false) && Append(">");

    private bool TryReadNestedPath(bool isValue)
    {
        char space = Take();
        if (!char.IsAsciiLetter(space) || !TryReadPath(isValue) || !TryReadIdentifier(out ulong disambiguator, out string name))
        {
            return false;
        }

        // Lower-case namespaces are the compiler's own and never shown.
        if (char.IsAsciiLetterLower(space))
        {
            return name.Length == 0 || (Append("::") && Append(name));
        }

        return Append("::{")
            && Append(space switch { 'C' => "closure", 'S' => "shim", _ => space.ToString() })
            && (name.Length == 0 || (Append(":") && Append(name)))
            && Append("#")
            && Append(disambiguator.ToString(CultureInfo.InvariantCulture))
            && Append("}");
    }

    private bool TryReadArguments()
    {
        for (bool isFirst = true; !TryTake('E'); isFirst = false)
        {
            if (!(isFirst || Append(", ")) || !TryReadArgument())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadArgument()
    {
        if (TryTake('L'))
        {
            return TryReadBase62(out ulong lifetime) && AppendLifetime(lifetime);
        }

        return TryTake('K') ? TryReadConst() : TryReadType();
    }

    private bool TryReadIdentifier(out ulong disambiguator, out string name)
    {
        name = "";
        return TryReadDisambiguator(out disambiguator) && TryReadPlainIdentifier(out name, out _);
    }

    private bool TryReadPlainIdentifier(out string name, out bool isPunycode)
    {
        name = "";
        isPunycode = TryTake('u');
        if (!TryReadDecimal(out int length))
        {
            return false;
        }

        // The separator is there only before a digit or another "_".
        TryTake('_');
        if (length > _name.Length - _position)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = _name.Slice(_position, length);
        _position += length;
        if (_isSilent)
        {
            return true;
        }

        return RustIdentifier.TryDecode(bytes, isPunycode, out name);
    }

    /// <summary>Without one it is 0, so the encoded number is one less than the value, and a number in it again one less.</summary>
    private bool TryReadDisambiguator(out ulong value)
    {
        value = 0;
        return !TryTake('s') || (TryReadBase62(out value) && ++value != 0);
    }

    private bool TryReadDecimal(out int value)
    {
        value = 0;
        if (!char.IsAsciiDigit(Peek()))
        {
            return false;
        }

        // After a zero, a digit is already the next thing.
        if (TryTake('0'))
        {
            return true;
        }

        while (char.IsAsciiDigit(Peek()))
        {
            value = (value * 10) + (Take() - '0');
            if (value > _name.Length)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadBase62(out ulong value)
    {
        value = 0;
        if (TryTake('_'))
        {
            return true;
        }

        while (!TryTake('_'))
        {
            int digit = Take() switch
            {
                >= '0' and <= '9' and char c => c - '0',
                >= 'a' and <= 'z' and char c => c - 'a' + 10,
                >= 'A' and <= 'Z' and char c => c - 'A' + 36,
                _ => -1,
            };
            if (digit < 0 || value > (ulong.MaxValue - (ulong)digit) / 62)
            {
                return false;
            }

            value = (value * 62) + (ulong)digit;
        }

        return ++value != 0;
    }

    /// <summary>Goes to the target of a backreference, which is before it; the caller returns from there.</summary>
    private bool TryJump(out int back)
    {
        int start = _position - 1;
        bool isRead = TryReadBase62(out ulong target) && target < (ulong)start;
        back = _position;
        _position = isRead && !_isSilent ? (int)target : _position;
        return isRead;
    }

    private bool Return(int back)
    {
        _position = back;
        return true;
    }

    /// <summary>The next character; at the end, and when all the steps are used up, one that no rule has.</summary>
    private readonly char Peek() => _position < _name.Length && _steps < MaxSteps ? (char)_name[_position] : '\0';

    private char Take()
    {
        char next = Peek();
        _steps++;
        _position += next == '\0' ? 0 : 1;
        return next;
    }

    private bool TryTake(char expected)
    {
        bool isNext = Peek() == expected;
        if (isNext)
        {
            Take();
        }

        return isNext;
    }

    private readonly bool Append(string text)
    {
        if (_isSilent)
        {
            return true;
        }

        _readable.Append(text);
        return _readable.Length <= MaxReadable;
    }
}
