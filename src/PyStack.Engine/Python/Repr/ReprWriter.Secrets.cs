using System;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>Values that are hidden because of a name, and secrets inside texts.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>Items of a list that may be the arguments of a program.</summary>
    private const int MaxArguments = 512;

    /// <summary>A tuple of this many items that begins with the name of a secret is a pair with additional items: a header that is never indexed, a row.</summary>
    private const int MaxRow = 4;

    /// <summary>Entries of a dict among which the name and the value of something are looked for.</summary>
    private const int MaxFields = 8;

    /// <summary>Longer words are no names of columns.</summary>
    private const int MaxColumn = 24;

    private readonly SecretText _hider;

    /// <summary>Whether a variable or a value of that name is hidden.</summary>
    private bool IsHidden(SecretKind kind, ulong value)
    {
        switch (kind)
        {
            case SecretKind.None:
                return false;
            case SecretKind.Certain:
                return true;
        }

        if (!_objects.TryGetType(value, out TypeInfo type))
        {
            return kind != SecretKind.Likely;
        }

        if (kind == SecretKind.UnlessPath)
        {
            Span<char> first = stackalloc char[1];
            return !TryReadName(value, type, first, out int length) || length == 0 || first[0] != '/';
        }

        return type.Kind is ObjectKind.Text or ObjectKind.OldText or ObjectKind.Bytes or ObjectKind.ByteArray or ObjectKind.List or ObjectKind.Tuple or ObjectKind.NamedTuple or ObjectKind.Dict
            or ObjectKind.OrderedDict or ObjectKind.DefaultDict or ObjectKind.Counter or ObjectKind.ChainMap or ObjectKind.Deque or ObjectKind.MappingProxy or ObjectKind.Namespace
            or ObjectKind.Set or ObjectKind.FrozenSet or ObjectKind.Partial or ObjectKind.Exception;
    }

    // The value of a key or of a field.
    private void Value(ulong name, ulong value)
    {
        if (!_secrets.IsEmpty && IsHidden(JudgeName(name, isDeep: true), value))
        {
            _text.Append(SecretNames.Redacted);
        }
        else
        {
            Object(value);
        }
    }

    // An item of a list or tuple, which may be a pair of a name and a secret, or the arguments of a program.
    private void Item(ulong item, int index, int count, ulong first, bool isTuple, bool isRow, ref CommandLine command)
    {
        if (_secrets.IsEmpty || count < 2 || count > MaxArguments)
        {
            Object(item);
            return;
        }

        bool isPair = count == 2 || (isTuple && count <= MaxRow);
        if (index > 0 && isPair && IsHidden(JudgeName(first, isDeep: false), item))
        {
            _text.Append(SecretNames.Redacted);
            return;
        }

        Span<char> text = stackalloc char[SecretNames.MaxLength];
        if (_objects.TryGetType(item, out TypeInfo type) && TryReadName(item, type, text, out int length))
        {
            bool isArgument = command.IsSecret(_secrets, text[..length]);
            if (isArgument || (isRow && index > 0))
            {
                _text.Append(SecretNames.Redacted);
                return;
            }
        }
        else
        {
            command = default;
        }

        Object(item);
    }

    // {'name': 'DB_PASSWORD', 'value': …}, in any order.
    private bool IsNamedBeside(DictEntries entries, ulong key, ulong value)
    {
        if (_secrets.IsEmpty || !IsText(key, "value"))
        {
            return false;
        }

        // Deleted entries are counted.
        int budget = MaxFields * MaxFields;
        for (int i = 0; i < MaxFields && entries.TryNext(ref budget, out ulong name, out ulong called); i++)
        {
            if ((IsText(name, "name") || IsText(name, "key")) && IsHidden(JudgeName(called, isDeep: false), value))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsText(ulong address, string wanted)
    {
        Span<char> text = stackalloc char[8];
        return _objects.TryGetType(address, out TypeInfo type)
            && TryReadName(address, type, text, out int length)
            && text[..length].Equals(wanted, StringComparison.OrdinalIgnoreCase);
    }

    // The name of a secret and then texts that are not all names of columns.
    private bool IsRow(in ItemRange items)
    {
        Span<char> text = stackalloc char[SecretNames.MaxLength];
        for (int i = 0; i < items.Count; i++)
        {
            if (!_objects.TryReadItem(items, i, out ulong item) || !_objects.TryGetType(item, out TypeInfo type) || !TryReadName(item, type, text, out int length))
            {
                if (i == 0)
                {
                    return false;
                }

                continue;
            }

            ReadOnlySpan<char> word = text[..length];
            if (i == 0 ? !IsWord(word) || _secrets.Judge(word) != SecretKind.Certain : !IsColumn(word))
            {
                return i > 0;
            }
        }

        return false;
    }

    // No program and no option: those have arguments.
    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (char one in text)
        {
            if (!char.IsLetterOrDigit(one) && one != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsColumn(ReadOnlySpan<char> text)
    {
        foreach (char one in text)
        {
            if (!char.IsAsciiLetterLower(one) && one != '_')
            {
                return false;
            }
        }

        return text.Length <= MaxColumn;
    }

    // Strings, bytes, and with isDeep the members of enums and the parts of keys that are tuples.
    private SecretKind JudgeName(ulong address, bool isDeep)
    {
        if (!_objects.TryGetType(address, out TypeInfo type))
        {
            return SecretKind.None;
        }

        Span<char> name = stackalloc char[SecretNames.MaxLength];
        if (TryReadName(address, type, name, out int length))
        {
            return _secrets.Judge(name[..length]);
        }

        if (isDeep && type.Kind == ObjectKind.Enum)
        {
            return _objects.TryGetInstanceAttribute(address, type, "_name_"u8, out ulong member) ? JudgeName(member, isDeep: false) : SecretKind.None;
        }

        SecretKind best = SecretKind.None;
        if (isDeep && type.Kind == ObjectKind.Tuple && _objects.TryGetItems(address, type, out ItemRange parts))
        {
            for (int i = 0; i < Math.Min(parts.Count, MaxRow); i++)
            {
                SecretKind kind = _objects.TryReadItem(parts, i, out ulong part)
                    ? JudgeName(part, isDeep: false)
                    : SecretKind.None;
                best = kind > best ? kind : best;
            }
        }

        return best;
    }

    // The first characters of a str, bytes, bytearray or 2.7's unicode; false for anything else.
    private bool TryReadName(ulong address, in TypeInfo type, Span<char> name, out int length)
    {
        length = 0;
        if (!_objects.TryLocateText(address, type.Kind, name.Length, out TextRange text))
        {
            return false;
        }

        int count = Math.Min(text.Length, name.Length);
        Span<byte> bytes = stackalloc byte[SecretNames.MaxLength * sizeof(uint)];
        if (!_objects.TryReadBytes(text.Address, bytes[..(count * text.Width)]))
        {
            return false;
        }

        length = count;
        Widen(bytes, name[..length], text.Width);
        return true;
    }

    // The hidden parts of a text: one character for each of the target's; empty if nothing is hidden.
    private ReadOnlySpan<char> Hide(ReadOnlySpan<byte> bytes, int count, int width, bool isTruncated)
    {
        if (_secrets.IsEmpty || count > _characters.Length)
        {
            return default;
        }

        Span<char> characters = _characters.AsSpan(0, count);
        Widen(bytes, characters, width);
        return _hider.Hide(characters, isTruncated) ? characters : default;
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<char> characters, int width)
    {
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)Math.Min(ObjectReader.CharacterAt(bytes, i, width), SecretText.Hidden - 1u);
        }
    }
}
