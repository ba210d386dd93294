using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>range, functions, classes, modules, exceptions, enum members, functools.partial.</summary>
internal sealed partial class ReprWriter
{
    // Objects/rangeobject.c: start, stop, step as int objects; 2.7: C longs start, step and length.
    private bool TryRange(ulong address, TypeInfo type)
    {
        Span<long> words = stackalloc long[3];
        if (!_memory.TryRead(address + _head, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words)) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append('(');
        if (_layout.Unicode is null)
        {
            (long start, long step, long length) = (words[0], words[1], words[2]);
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
            Object((ulong)words[0]);
            _text.Append(", ");
            Object((ulong)words[1]);
            int end = _text.Length;
            _text.Append(", ");
            int step = _text.Length;
            Object((ulong)words[2]);
            _text.TruncateIf(step, "1", end);
        }

        _text.Append(')');
        return true;
    }

    private bool TryFunction(ulong address)
    {
        _text.Append("<function ");
        if (!_memory.TryReadPointer(address + (ulong)_layout.Values.FunctionName, out ulong name) || !TryName(name))
        {
            return false;
        }

        AppendAt(address);
        return true;
    }

    // Objects/methodobject.c, meth_repr: m_ml, whose first word is the name, and m_self.
    private bool TryBuiltIn(ulong address, TypeInfo type)
    {
        Span<byte> buffer = stackalloc byte[128];
        if (!_memory.TryReadPointer(address + _head, out ulong definition)
            || !_memory.TryReadPointer(address + _head + sizeof(ulong), out ulong self)
            || !_memory.TryReadPointer(definition, out ulong name))
        {
            return false;
        }

        int count = _memory.Read(name, buffer);
        int end = buffer[..count].IndexOf((byte)0);
        if (end <= 0)
        {
            return false;
        }

        bool isFree = self == 0 || (_types.TryOf(_memory, self, out type) && type.Kind == ObjectKind.Module);
        _text.Append(isFree ? "<built-in function " : "<built-in method ");
        AppendUtf8(buffer[..end]);
        if (isFree)
        {
            _text.Append('>');
            return true;
        }

        _text.Append(" of ");
        if (!_types.TryOf(_memory, self, out type) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append(" object");
        AppendAt(self);
        return true;
    }

    // Objects/typeobject.c, type_repr. A class of an enum's kind has a repr() of its own (Lib/enum.py).
    private bool TryClass(ulong address)
    {
        if (!_types.TryGet(_memory, address, out TypeInfo type))
        {
            return false;
        }

        bool is2 = _layout.Unicode is null;
        if (type.Kind == ObjectKind.Enum)
        {
            _text.Append("<enum '");
            bool isNamed = TryTypeName(type, isShort: true);
            _text.Append("'>");
            return isNamed;
        }

        _text.Append(is2 && !type.IsHeapType ? "<type '" : "<class '");
        if (!type.IsHeapType)
        {
            if (!TryTypeName(type, isShort: false))
            {
                return false;
            }
        }
        else
        {
            if (_memory.TryReadPointer(address + (ulong)_layout.Values.TypeDict, out ulong dict)
                && TryEntry(dict, "__module__"u8, out ulong module))
            {
                int start = _text.Length;
                if (!TryName(module))
                {
                    return false;
                }

                _text.Append('.');
                _text.TruncateIf(start, is2 ? "__builtin__." : "builtins.", start);
            }

            if (!_memory.TryReadPointer(address + (ulong)_layout.Values.TypeQualifiedName, out ulong name) || !TryName(name))
            {
                return false;
            }
        }

        _text.Append("'>");
        return true;
    }

    // Objects/moduleobject.c, and what importlib says of the module's spec (Lib/importlib/_bootstrap.py, _module_repr_from_spec).
    private bool TryModule(ulong address, TypeInfo type)
    {
        if (!_memory.TryReadPointer(address + _head, out ulong dict) || !TryEntry(dict, "__name__"u8, out ulong name))
        {
            return Instance(address, type);
        }

        _text.Append("<module ");
        Object(name);
        bool hasFile = TryEntry(dict, "__file__"u8, out ulong file) && IsText(file);
        if (TryEntry(dict, "__spec__"u8, out ulong spec)
            && _types.TryOf(_memory, spec, out TypeInfo specType)
            && specType.Kind == ObjectKind.Other
            && TryAttribute(spec, specType, "origin"u8, out ulong origin)
            && IsText(origin))
        {
            bool isLocated = TryAttribute(spec, specType, "_set_fileattr"u8, out ulong located)
                && _memory.TryRead(located + _head, out long truth)
                && (_layout.Values.LongTagBits is int bits ? truth >>> bits : truth) == 1;
            if (!isLocated)
            {
                _text.Append(" (");
                bool isNamed = TryName(origin);
                _text.Append(")>");
                return isNamed;
            }

            file = origin;
            hasFile = true;
        }

        if (hasFile)
        {
            _text.Append(" from ");
            Object(file);
            _text.Append('>');
        }
        else
        {
            _text.Append(_layout.Unicode is null || IsLoadedBy(dict, "BuiltinImporter"u8) ? " (built-in)>" : IsLoadedBy(dict, "FrozenImporter"u8) ? " (frozen)>" : ">");
        }

        return true;
    }

    // To 3.8 the spec of a module that is part of the interpreter has no origin, and its loader, a class, tells.
    private bool IsLoadedBy(ulong module, ReadOnlySpan<byte> importer)
    {
        Span<byte> name = stackalloc byte[importer.Length + 1];
        return TryEntry(module, "__loader__"u8, out ulong loader)
            && _types.TryGet(_memory, loader, out TypeInfo type)
            && _memory.TryRead(type.Name, name)
            && name[^1] == 0
            && name[..^1].SequenceEqual(importer);
    }

    // Objects/exceptions.c, BaseException_repr: to 3.6 as if the arguments were shown as the tuple that they are.
    private bool TryException(ulong address, TypeInfo type)
    {
        if (!_memory.TryReadPointer(address + (ulong)_layout.Values.ExceptionArguments, out ulong arguments)
            || !_types.TryOf(_memory, arguments, out TypeInfo argumentsType)
            || argumentsType.Kind != ObjectKind.Tuple
            || !TryReadCount(arguments, out int count)
            || !TryTypeName(type, isShort: true)
            || _depth == MaxDepth)
        {
            return false;
        }

        if (_open.AsSpan(0, _depth).Contains(address))
        {
            _text.Append("(...)");
            return true;
        }

        _open[_depth++] = address;
        _text.Append('(');
        bool isWritten = TryItems(arguments + (ulong)_layout.Values.TupleItems, count);
        _text.Append(count == 1 && !_layout.Version.IsAtLeast(3, 7) ? ",)" : ")");
        _depth--;
        return isWritten;
    }

    // Lib/enum.py, Enum.__repr__: class, name, value.
    private bool TryEnum(ulong address, TypeInfo type)
    {
        int start = _text.Length;
        if (TryAttribute(address, type, "_value_"u8, out ulong value) && _depth < MaxDepth)
        {
            _open[_depth++] = address;
            _text.Append('<');
            bool isNamed = TryTypeName(type, isShort: true);
            if (TryAttribute(address, type, "_name_"u8, out ulong name) && IsText(name))
            {
                _text.Append('.');
                isNamed &= TryName(name);
            }

            _text.Append(": ");
            Value(name, value);
            _text.Append('>');
            _depth--;
            if (isNamed)
            {
                return true;
            }
        }

        _text.Truncate(start);
        return false;
    }

    // Modules/_functoolsmodule.c, partialobject: fn, args, kw. partial_repr gives the name of the type with its module.
    private bool TryPartial(ulong address, TypeInfo type)
    {
        Span<ulong> words = stackalloc ulong[3];
        if (!_memory.TryRead(address + _head, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words))
            || !TryReadCount(words[1], out int count)
            || !_types.TryOf(_memory, words[1], out TypeInfo arguments)
            || arguments.Kind != ObjectKind.Tuple
            || _layout.Unicode is null
            || _depth == MaxDepth)
        {
            return Instance(address, type);
        }

        if (_open.AsSpan(0, _depth).Contains(address))
        {
            _text.Append("...");
            return true;
        }

        _open[_depth++] = address;
        bool isWritten = TryTypeName(type, isShort: false);
        _text.Append('(');
        Object(words[0]);
        if (count > 0)
        {
            _text.Append(", ");
            isWritten &= TryItems(words[1] + (ulong)_layout.Values.TupleItems, count);
        }

        if (DictEntries.TryOpen(_memory, _layout, words[2], out DictEntries keywords))
        {
            while (!_text.IsFull && TryNextEntry(ref keywords, out ulong key, out ulong value))
            {
                _text.Append(", ");
                isWritten &= TryName(key);
                _text.Append('=');
                Value(key, value);
            }
        }

        _text.Append(')');
        _depth--;
        return isWritten;
    }

    private bool TryAttribute(ulong instance, TypeInfo type, ReadOnlySpan<byte> name, out ulong value)
        => InstanceAttributes.TryFind(_memory, _layout, instance, type, name, ref _placesLeft, out value);

    private bool TryEntry(ulong dict, ReadOnlySpan<byte> name, out ulong value)
        => InstanceAttributes.TryFindInDict(_memory, _layout, dict, name, ref _placesLeft, out value);

    /// <summary>Whether an object is a str, in 2.7 one of bytes.</summary>
    public bool IsText(ulong address)
        => _types.TryOf(_memory, address, out TypeInfo type)
            && type.Kind == (_layout.Unicode is null ? ObjectKind.Bytes : ObjectKind.Text)
            && NameObject.TryLocate(_memory, address, _layout, _limits.NameLength, out _, out _);

    private void AppendAt(ulong address)
    {
        _text.Append(" at ");
        _text.AppendAddress(address);
        _text.Append('>');
    }
}
