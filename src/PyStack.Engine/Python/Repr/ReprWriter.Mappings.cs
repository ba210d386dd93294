using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>dict, OrderedDict, defaultdict, ChainMap, mappingproxy, SimpleNamespace.</summary>
internal sealed partial class ReprWriter
{
    private bool TryDict(ulong address)
    {
        if (!_objects.TryOpenEntries(address, out DictEntries entries))
        {
            return false;
        }

        _text.Append('{');
        int items = 0;
        DictEntries all = entries;
        while (!_text.IsFull && _objects.TryNext(ref entries, out ulong key, out ulong value))
        {
            _text.Append(items > 0 ? ", " : "");
            items++;
            Object(key);
            _text.Append(": ");
            if (_text.IsFull)
            {
                break;
            }

            if (items <= MaxFields && IsNamedBeside(all, key, value))
            {
                _text.Append(SecretNames.Redacted);
            }
            else
            {
                Value(key, value);
            }
        }

        AppendIfTruncated();
        _text.Append('}');
        _items = items;
        return true;
    }

    // Objects/odictobject.c, odict_repr; 2.7: Lib/collections.py. Before 3.12 the items are pairs in a list.
    private bool TryOrderedDict(ulong address, in TypeInfo type)
    {
        if (!_objects.TryOpenOrdered(address, type, out OrderedEntries entries) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        bool isDict = _version.IsAtLeast(3, 12);
        _text.Append('(');
        bool isFirst = true;
        while (!_text.IsFull && _objects.TryNext(ref entries, out ulong key, out ulong value))
        {
            _text.Append(isFirst ? isDict ? "{" : "[" : ", ");
            isFirst = false;
            _text.Append(isDict ? "" : "(");
            Object(key);
            _text.Append(isDict ? ": " : ", ");
            Value(key, value);
            _text.Append(isDict ? "" : ")");
        }

        AppendIfTruncated();
        _text.Append(isFirst ? ")" : isDict ? "})" : "])");
        return true;
    }

    // Modules/_collectionsmodule.c, defdict_repr.
    private bool TryDefaultDict(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetDefaultFactory(address, out ulong factory) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append('(');
        if (factory == 0)
        {
            _text.Append("None");
        }
        else
        {
            Object(factory);
        }

        _text.Append(", ");
        bool isWritten = TryDict(address);
        _text.Append(')');
        return isWritten;
    }

    // Lib/collections/__init__.py, ChainMap.__repr__: maps is a list.
    private bool TryChainMap(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetInstanceAttribute(address, type, "maps"u8, out ulong maps) || !_objects.Is(maps, ObjectKind.List) || !_objects.TryGetItems(maps, out ItemRange items))
        {
            return Instance(address, type);
        }

        bool isWritten = TryTypeName(type, isShort: true);
        _text.Append('(');
        isWritten &= TryItems(items);
        _text.Append(')');
        return isWritten;
    }

    // Objects/descrobject.c, mappingproxy_repr.
    private bool TryMappingProxy(ulong address)
    {
        if (!_objects.TryGetMapping(address, out ulong mapping))
        {
            return false;
        }

        _text.Append(_objects.IsPython2 ? "dict_proxy(" : "mappingproxy(");
        Object(mapping);
        _text.Append(')');
        return true;
    }

    // Objects/namespaceobject.c. To 3.8 repr() sorts the names.
    private bool TryNamespace(ulong address, in TypeInfo type)
    {
        if (!_version.IsAtLeast(3, 9) || !_objects.TryGetMapping(address, out ulong dict) || !_objects.TryOpenEntries(dict, out DictEntries entries))
        {
            return Instance(address, type);
        }

        bool isWritten = true;
        if (type.IsExact)
        {
            _text.Append("namespace");
        }
        else
        {
            isWritten = TryTypeName(type, isShort: true);
        }

        _text.Append('(');
        isWritten &= TryKeywords(entries, isFirst: true);
        AppendIfTruncated();
        _text.Append(')');
        return isWritten;
    }

    // name=value, as in a call.
    private bool TryKeywords(DictEntries entries, bool isFirst)
    {
        bool isWritten = true;
        while (!_text.IsFull && _objects.TryNext(ref entries, out ulong key, out ulong value))
        {
            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            isWritten &= TryName(key);
            _text.Append('=');
            Value(key, value);
        }

        return isWritten;
    }
}
