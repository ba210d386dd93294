using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>range, functions, functools.partial.</summary>
internal sealed partial class ReprWriter
{
    // Objects/rangeobject.c, range_repr.
    private bool TryRange(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetRange(address, out RangeFields fields) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append('(');
        if (_objects.IsPython2)
        {
            (long start, long step, long length) = ((long)fields.First, (long)fields.Second, (long)fields.Third);
            if (start != 0 || step != 1)
            {
                _text.Append(start);
                _text.Append(", ");
            }

            _text.Append(unchecked(start + (length * step)));
            if (step != 1)
            {
                _text.Append(", ");
                _text.Append(step);
            }
        }
        else
        {
            Object(fields.First);
            _text.Append(", ");
            Object(fields.Second);
            int end = _text.Length;
            _text.Append(", ");
            int step = _text.Length;
            Object(fields.Third);
            _text.TruncateIf(step, "1", end);
        }

        _text.Append(')');
        return true;
    }

    private bool TryFunction(ulong address)
    {
        _text.Append("<function ");
        if (!_objects.TryGetFunctionName(address, out ulong name) || !TryName(name))
        {
            return false;
        }

        AppendAt(address);
        return true;
    }

    // Objects/methodobject.c, meth_repr.
    private bool TryBuiltIn(ulong address)
    {
        Span<byte> buffer = stackalloc byte[128];
        if (!_objects.TryGetBuiltIn(address, buffer, out ReadOnlySpan<byte> name, out ulong self))
        {
            return false;
        }

        bool isFree = self == 0 || _objects.Is(self, ObjectKind.Module);
        _text.Append(isFree ? "<built-in function " : "<built-in method ");
        AppendUtf8(name);
        if (isFree)
        {
            _text.Append('>');
            return true;
        }

        _text.Append(" of ");
        if (!_objects.TryGetType(self, out TypeInfo selfType) || !TryTypeName(selfType, isShort: false))
        {
            return false;
        }

        _text.Append(" object");
        AppendAt(self);
        return true;
    }

    // Modules/_functoolsmodule.c, partial_repr: the name of the type with its module.
    private bool TryPartial(ulong address, in TypeInfo type)
    {
        if (_objects.IsPython2 || _depth == MaxDepth || !_objects.TryGetPartial(address, out ulong function, out ItemRange arguments, out ulong keywords))
        {
            return Instance(address, type);
        }

        if (IsOpen(address))
        {
            _text.Append("...");
            return true;
        }

        _open[_depth++] = address;
        bool isWritten = TryTypeName(type, isShort: false);
        _text.Append('(');
        Object(function);
        if (arguments.Count > 0)
        {
            _text.Append(", ");
            isWritten &= TryItems(arguments);
        }

        if (_objects.TryOpenEntries(keywords, out DictEntries entries))
        {
            isWritten &= TryKeywords(entries, isFirst: false);
        }

        _text.Append(')');
        _depth--;
        return isWritten;
    }
}
