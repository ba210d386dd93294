using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>What all containers have in common: those that hold themselves, and how deep they are.</summary>
internal sealed partial class ReprWriter
{
    private readonly ulong[] _open = new ulong[MaxDepth];
    private int _depth;

    /// <summary>How many items of the container that was written last were examined.</summary>
    private int _items;

    private bool TryContainer(ulong address, in TypeInfo type)
    {
        if (IsOpen(address))
        {
            _text.Append(type.Kind is ObjectKind.List or ObjectKind.Deque ? "[...]" : type.Kind is ObjectKind.Dict or ObjectKind.Counter ? "{...}" : type.Kind is ObjectKind.Tuple ? "(...)" : "...");
            return true;
        }

        if (_depth == MaxDepth)
        {
            _text.Append("...");
            return true;
        }

        if (_isPrefetching && _prefetched.HasGroup(address, type, out int length))
        {
            _text.Skip(length);
            return true;
        }

        int start = _text.Length;
        int containers = _prefetched.Containers;
        _items = 0;
        _open[_depth++] = address;
        bool isWritten = type.Kind switch
        {
            ObjectKind.List => TryList(address, type),
            ObjectKind.Dict => TryDict(address),
            ObjectKind.OrderedDict => TryOrderedDict(address, type),
            ObjectKind.DefaultDict => TryDefaultDict(address, type),
            ObjectKind.Counter => TryCounter(address, type),
            ObjectKind.Deque => TryDeque(address, type),
            ObjectKind.ChainMap => TryChainMap(address, type),
            ObjectKind.MappingProxy => TryMappingProxy(address),
            ObjectKind.Namespace => TryNamespace(address, type),
            ObjectKind.Set or ObjectKind.FrozenSet => TrySet(address, type),
            _ => TryTuple(address, type),
        };
        _depth--;
        if (_isPrefetching && isWritten && _prefetched.Containers == containers && IsWholeFrom(start))
        {
            _prefetched.NoteGroup(address, type, _items, _text.Length - start);
        }

        return isWritten;
    }

    // Whether an object is being written, further out.
    private bool IsOpen(ulong address) => _open.AsSpan(0, _depth).Contains(address);

    // Where the bound on places has ended a loop, there is more.
    private void AppendIfTruncated()
    {
        if (_objects.PlacesLeft < 0)
        {
            _text.Append("...");
        }
    }
}
