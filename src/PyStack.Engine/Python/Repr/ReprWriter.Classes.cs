using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>Classes, modules, enum members.</summary>
internal sealed partial class ReprWriter
{
    // Objects/typeobject.c, type_repr. A class of an enum's kind has a repr() of its own (Lib/enum.py).
    private bool TryClass(ulong address)
    {
        if (!_objects.TryGetTypeAt(address, out TypeInfo type))
        {
            return false;
        }

        if (type.IsHeapType && type.Kind != ObjectKind.Enum && !_objects.KnowsClassNames)
        {
            return _objects.TryGetType(address, out TypeInfo metatype) && Instance(address, metatype);
        }

        if (type.Kind == ObjectKind.Enum)
        {
            _text.Append("<enum '");
            bool isNamed = TryTypeName(type, isShort: true);
            _text.Append("'>");
            return isNamed;
        }

        _text.Append(_objects.IsPython2 && !type.IsHeapType ? "<type '" : "<class '");
        if (type.IsHeapType ? !TryQualifiedName(type) : !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append("'>");
        return true;
    }

    // With its module, unless that is the one of the built-in types, or in the last line of a traceback the program's own.
    private bool TryQualifiedName(in TypeInfo type, bool isInTraceback = false)
    {
        if (!_objects.TryGetClassNames(type, out ulong module, out ulong name))
        {
            return false;
        }

        if (module != 0)
        {
            int start = _text.Length;
            if (!TryName(module))
            {
                return false;
            }

            _text.Append('.');
            _text.TruncateIf(start, _objects.IsPython2 ? "__builtin__." : "builtins.", start);
            if (isInTraceback)
            {
                _text.TruncateIf(start, "__main__.", start);
            }
        }

        return TryName(name);
    }

    // Objects/moduleobject.c, and what importlib says of the module's spec (Lib/importlib/_bootstrap.py, _module_repr_from_spec).
    private bool TryModule(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetModuleDict(address, out ulong dict) || !_objects.TryGetDictItem(dict, "__name__"u8, out ulong name))
        {
            return Instance(address, type);
        }

        _text.Append("<module ");
        Object(name);
        bool hasFile = _objects.TryGetDictItem(dict, "__file__"u8, out ulong file) && _objects.IsText(file);
        if (_objects.TryGetDictItem(dict, "__spec__"u8, out ulong spec)
            && _objects.TryGetType(spec, out TypeInfo specType)
            && specType.Kind == ObjectKind.Other
            && _objects.TryGetInstanceAttribute(spec, specType, "origin"u8, out ulong origin)
            && _objects.IsText(origin))
        {
            bool isLocated = _objects.TryGetInstanceAttribute(spec, specType, "_set_fileattr"u8, out ulong located) && _objects.TryReadInt64(located, out long truth) && truth == 1;
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
            _text.Append(_objects.IsPython2 || IsLoadedBy(dict, "BuiltinImporter"u8) ? " (built-in)>" : IsLoadedBy(dict, "FrozenImporter"u8) ? " (frozen)>" : ">");
        }

        return true;
    }

    // To 3.8 the spec of a module that is part of the interpreter has no origin; it is recognized by its loader, a class.
    private bool IsLoadedBy(ulong module, ReadOnlySpan<byte> importer)
    {
        Span<byte> name = stackalloc byte[32];
        return _objects.TryGetDictItem(module, "__loader__"u8, out ulong loader)
            && _objects.TryGetTypeAt(loader, out TypeInfo type)
            && _objects.ReadTypeName(type, name).SequenceEqual(importer);
    }

    // Lib/enum.py, Enum.__repr__: class, name, value.
    private bool TryEnum(ulong address, in TypeInfo type)
    {
        int start = _text.Length;
        if (_objects.TryGetInstanceAttribute(address, type, "_value_"u8, out ulong value) && _depth < MaxDepth)
        {
            _open[_depth++] = address;
            _text.Append('<');
            bool isNamed = TryTypeName(type, isShort: true);
            if (_objects.TryGetInstanceAttribute(address, type, "_name_"u8, out ulong name) && _objects.IsText(name))
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
}
