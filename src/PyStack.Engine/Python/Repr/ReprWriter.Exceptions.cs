using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>Exceptions: as <c>repr()</c> writes them, and as the last line of a traceback.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>Exceptions whose only argument is another one, within each other.</summary>
    private const int MaxCauses = 8;

    /// <summary>No quote has to be escaped.</summary>
    private const char NoQuote = '\0';

    /// <summary>
    /// The last line of an exception's traceback, as <c>traceback.format_exception_only</c> writes it: class, and <c>str()</c> of the exception as far as its arguments make it up. One line:
    /// what is not printable is escaped.
    /// </summary>
    public string RenderException(ulong address)
    {
        Write(address, isExceptionLine: true);
        return _text.ToString();
    }

    private void ExceptionLine(ulong address)
    {
        if (!_objects.TryGetType(address, out TypeInfo type) || type.Kind != ObjectKind.Exception)
        {
            // A class of 2.7 that does not inherit from object can be raised as well.
            Object(address);
            return;
        }

        // 2.7 writes no module.
        bool isNamed = !_objects.IsPython2 && type.IsHeapType && _objects.KnowsClassNames ? TryQualifiedName(type, isInTraceback: true) : TryTypeName(type, isShort: _objects.IsPython2);
        int end = _text.Length;
        _text.Append(": ");
        int start = _text.Length;
        if (!isNamed)
        {
            _text.Truncate(0);
            Invalid(address);
        }
        else if (!TryMessage(address, depth: 0) || _text.Length == start)
        {
            _text.Truncate(end);
        }
    }

    // Objects/exceptions.c: BaseException_str, KeyError_str, OSError_str.
    private bool TryMessage(ulong address, int depth)
    {
        if (!_objects.TryGetExceptionArguments(address, out ItemRange arguments) || depth == MaxCauses)
        {
            return false;
        }

        if (IsBuiltIn(address, _objects.IsPython2 ? "EnvironmentError"u8 : "OSError"u8) && TryErrorNumber(address))
        {
            return true;
        }

        if (arguments.Count == 0)
        {
            return true;
        }

        if (arguments.Count == 1 && _objects.TryReadItem(arguments, 0, out ulong only))
        {
            if (IsBuiltIn(address, "KeyError"u8) || !_objects.TryGetType(only, out TypeInfo type))
            {
                Object(only);
                return true;
            }

            return type.Kind == ObjectKind.Exception ? TryMessage(only, depth + 1) : TryPlain(only, type.Kind);
        }

        _text.Append('(');
        bool isWritten = TryItems(arguments);
        _text.Append(')');
        return isWritten;
    }

    private bool IsBuiltIn(ulong exception, ReadOnlySpan<byte> name) => _objects.IsInstance(exception, _objects.IsPython2 ? "exceptions"u8 : "builtins"u8, name);

    private bool TryErrorNumber(ulong address)
    {
        if (!_objects.TryGetErrorFields(address, out ErrorFields fields) || fields.Number == 0 || fields.Text == 0)
        {
            return false;
        }

        _text.Append("[Errno ");
        Plain(fields.Number);
        _text.Append("] ");
        Plain(fields.Text);
        if (fields.File != 0)
        {
            _text.Append(": ");
            Object(fields.File);
        }

        if (fields.File != 0 && fields.OtherFile != 0)
        {
            _text.Append(" -> ");
            Object(fields.OtherFile);
        }

        return true;
    }

    private void Plain(ulong address)
    {
        if (!_objects.TryGetType(address, out TypeInfo type) || !TryPlain(address, type.Kind))
        {
            Invalid(address);
        }
    }

    // What str() makes of an object: text as it is, and of anything else what repr() makes of it.
    private bool TryPlain(ulong address, ObjectKind kind)
    {
        if (kind is not (ObjectKind.Text or ObjectKind.OldText) && !(kind == ObjectKind.Bytes && _objects.IsPython2))
        {
            Object(address);
            return true;
        }

        if (!_objects.TryLocateText(address, kind, _text.Room, out TextRange text))
        {
            return false;
        }

        int count = Math.Min(text.Length, _text.Room);
        if (!TryBuffer(count * text.Width, out Span<byte> bytes))
        {
            return _objects.TryPrefetch(text.Address, count * text.Width);
        }

        if (count > 0 && !_objects.TryReadBytes(text.Address, bytes))
        {
            return false;
        }

        ReadOnlySpan<char> hidden = Hide(bytes, count, text.Width, isTruncated: count < text.Length);
        for (int i = 0; i < count && !_text.IsFull; i++)
        {
            uint one = ObjectReader.CharacterAt(bytes, i, text.Width);
            if (one > 0x10ffff)
            {
                return false;
            }

            if (IsHidden(hidden, i))
            {
                continue;
            }

            if (one == '\\')
            {
                _text.Append('\\');
            }
            else
            {
                Character(one, NoQuote);
            }
        }

        return true;
    }

    // Objects/exceptions.c, BaseException_repr: to 3.6 as if the arguments were shown as the tuple that they are.
    private bool TryException(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetExceptionArguments(address, out ItemRange arguments) || !TryTypeName(type, isShort: true) || _depth == MaxDepth)
        {
            return false;
        }

        if (IsOpen(address))
        {
            _text.Append("(...)");
            return true;
        }

        _open[_depth++] = address;
        _text.Append('(');
        bool isWritten = TryItems(arguments);
        _text.Append(arguments.Count == 1 && !_version.IsAtLeast(3, 7) ? ",)" : ")");
        _depth--;
        return isWritten;
    }
}
