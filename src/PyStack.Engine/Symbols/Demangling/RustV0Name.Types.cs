using System.Globalization;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>Types and lifetimes in a name.</summary>
internal ref partial struct RustV0Name
{
    private bool TryReadType()
    {
        char tag = Peek();
        if (tag is 'C' or 'M' or 'X' or 'Y' or 'N' or 'I')
        {
            return TryReadPath(isValue: false);
        }

        if (++_depth > MaxDepth)
        {
            return false;
        }

        Take();
        bool isRead = tag switch
        {
            'A' => Append("[") && TryReadType() && Append("; ") && TryReadConst() && Append("]"),
            'S' => Append("[") && TryReadType() && Append("]"),
            'T' => TryReadTuple(),
            'R' => TryReadReference(""),
            'Q' => TryReadReference("mut "),
            'P' => Append("*const ") && TryReadType(),
            'O' => Append("*mut ") && TryReadType(),
            'F' => TryReadFunction(),
            'D' => TryReadTraitObject(),
            'B' => TryJump(out int back) && (_isSilent || (TryReadType() && Return(back))),
            _ => BasicType(tag) is { } name && Append(name),
        };
        _depth--;
        return isRead;
    }

    private static string? BasicType(char tag) => tag switch
    {
        'a' => "i8",
        'b' => "bool",
        'c' => "char",
        'd' => "f64",
        'e' => "str",
        'f' => "f32",
        'h' => "u8",
        'i' => "isize",
        'j' => "usize",
        'l' => "i32",
        'm' => "u32",
        'n' => "i128",
        'o' => "u128",
        'p' => "_",
        's' => "i16",
        't' => "u16",
        'u' => "()",
        'v' => "...",
        'x' => "i64",
        'y' => "u64",
        'z' => "!",
        _ => null,
    };

    private bool TryReadTuple()
    {
        if (!Append("(") || !TryReadTypes(out int count))
        {
            return false;
        }

        // Without the comma, Rust would take one type in brackets for that type.
        return Append(count == 1 ? ",)" : ")");
    }

    private bool TryReadTypes(out int count)
    {
        for (count = 0; !TryTake('E'); count++)
        {
            if ((count > 0 && !Append(", ")) || !TryReadType())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadReference(string mutability)
    {
        if (!Append("&"))
        {
            return false;
        }

        if (TryTake('L'))
        {
            // An erased lifetime (0) is one that no one writes here.
            if (!TryReadBase62(out ulong lifetime) || (lifetime != 0 && !(AppendLifetime(lifetime) && Append(" "))))
            {
                return false;
            }
        }

        return Append(mutability) && TryReadType();
    }

    private bool TryReadFunction()
    {
        ulong outer = _boundLifetimes;
        bool isRead = TryReadBinder()
            && (!TryTake('U') || Append("unsafe "))
            && (!TryTake('K') || TryReadAbi())
            && Append("fn(") && TryReadTypes(out _) && Append(")")
            && (TryTake('u') || (Append(" -> ") && TryReadType()));
        _boundLifetimes = outer;
        return isRead;
    }

    private bool TryReadAbi()
    {
        string abi = "C";
        if (!TryTake('C'))
        {
            if (!TryReadPlainIdentifier(out abi, out bool isPunycode) || isPunycode)
            {
                return false;
            }

            // Dashes are not for symbols, and no ABI has an underscore of its own.
            abi = abi.Replace('_', '-');
        }

        return Append("extern \"") && Append(abi) && Append("\" ");
    }

    private bool TryReadTraitObject()
    {
        ulong outer = _boundLifetimes;
        if (!Append("dyn ") || !TryReadBinder())
        {
            return false;
        }

        for (bool isFirst = true; !TryTake('E'); isFirst = false)
        {
            if (!(isFirst || Append(" + ")) || !TryReadBound())
            {
                return false;
            }
        }

        // Those of the binder are not in scope for the object's own lifetime.
        _boundLifetimes = outer;
        return TryTake('L')
            && TryReadBase62(out ulong lifetime)
            && (lifetime == 0 || (Append(" + ") && AppendLifetime(lifetime)));
    }

    /// <summary>Reads a trait with its associated types, which Rust writes among the generic arguments.</summary>
    private bool TryReadBound()
    {
        if (!TryReadOpenPath(out bool isOpen))
        {
            return false;
        }

        while (TryTake('p'))
        {
            if (!Append(isOpen ? ", " : "<")
                || !TryReadPlainIdentifier(out string name, out _)
                || !Append(name) || !Append(" = ") || !TryReadType())
            {
                return false;
            }

            isOpen = true;
        }

        return !isOpen || Append(">");
    }

    /// <summary>Reads a path and leaves its generic arguments open for more of them.</summary>
    private bool TryReadOpenPath(out bool isOpen)
    {
        isOpen = false;
        if (Peek() is not ('B' or 'I'))
        {
            return TryReadPath(isValue: false);
        }

        if (++_depth > MaxDepth)
        {
            return false;
        }

        bool isRead;
        if (Take() == 'B')
        {
            isRead = TryJump(out int back) && (_isSilent || (TryReadOpenPath(out isOpen) && Return(back)));
        }
        else
        {
            isRead = TryReadPath(isValue: false) && Append("<") && TryReadArguments();
            isOpen = true;
        }

        _depth--;
        return isRead;
    }

    /// <summary>Reads how many lifetimes the type brings into scope; its caller takes them out again.</summary>
    private bool TryReadBinder()
    {
        if (!TryTake('G'))
        {
            return true;
        }

        if (!TryReadBase62(out ulong count) || count >= MaxBinder || !Append("for<"))
        {
            return false;
        }

        // The encoded number is one less.
        for (ulong i = 0; i <= count; i++)
        {
            _boundLifetimes++;
            if (!(i == 0 || Append(", ")) || !AppendLifetime(1))
            {
                return false;
            }
        }

        return Append("> ");
    }

    /// <summary>Writes a lifetime, given as a de Bruijn index: 1 is the one bound last, and 0 one that was erased.</summary>
    private readonly bool AppendLifetime(ulong index)
    {
        if (index == 0)
        {
            return Append("'_");
        }

        if (index > _boundLifetimes)
        {
            return false;
        }

        ulong level = _boundLifetimes - index;
        return level < 26
            ? Append("'") && Append(((char)('a' + level)).ToString())
            : Append("'_") && Append(level.ToString(CultureInfo.InvariantCulture));
    }
}
