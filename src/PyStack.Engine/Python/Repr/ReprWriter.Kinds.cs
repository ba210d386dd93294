using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>One object, by its kind.</summary>
internal sealed partial class ReprWriter
{
    private int _nesting;

    private void Object(ulong address)
    {
        if (_text.IsFull)
        {
            return;
        }

        if (_nesting == MaxNesting || --_objectsLeft < 0 || --_objectsInAllLeft < 0 || _objects.IsCancelled())
        {
            // What was truncated here may be needed elsewhere: no object that contains it is remembered as complete.
            _prefetched.Containers++;
            _text.Append("...");
            return;
        }

        if (_isPrefetching && _prefetched.HasLeaf(address, out int length))
        {
            _text.Skip(length);
            return;
        }

        if (!_objects.TryGetType(address, out TypeInfo type))
        {
            Invalid(address);
            return;
        }

        int start = _text.Length;
        int depth = _depth;
        _nesting++;
        bool isWritten = TryWrite(address, type);
        _nesting--;
        if (!isWritten)
        {
            _depth = depth;
            _text.Truncate(start);
            Invalid(address);
        }
        else if (_isPrefetching)
        {
            _prefetched.Note(address, type.Kind, IsWholeFrom(start), _text.Length - start);
        }
    }

    // If the text was full in the middle of an object, more of the object may be needed elsewhere, unless it had all the space there is.
    private bool IsWholeFrom(int start) => !_text.IsFull || start == 0;

    private bool TryWrite(ulong address, in TypeInfo type)
    {
        switch (type.Kind)
        {
            case ObjectKind.None:
                _text.Append("None");
                return true;
            case ObjectKind.Ellipsis:
                _text.Append("Ellipsis");
                return true;
            case ObjectKind.NotImplemented:
                _text.Append("NotImplemented");
                return true;
            case ObjectKind.Bool:
                return TryBool(address);
            case ObjectKind.SmallInt:
                return TrySmallInt(address);
            case ObjectKind.Int:
                return TryInt(address);
            case ObjectKind.Float:
                return TryFloat(address);
            case ObjectKind.Complex:
                return TryComplex(address);
            case ObjectKind.Text:
                return TryText(address);
            case ObjectKind.OldText:
                return TryOldText(address);
            case ObjectKind.Bytes:
                return TryBytes(address);
            case ObjectKind.ByteArray:
                return TryByteArray(address);
            case ObjectKind.List or ObjectKind.Tuple or ObjectKind.NamedTuple or ObjectKind.Dict or ObjectKind.Set or ObjectKind.FrozenSet or ObjectKind.OrderedDict
                or ObjectKind.DefaultDict or ObjectKind.Counter or ObjectKind.ChainMap or ObjectKind.Deque or ObjectKind.MappingProxy or ObjectKind.Namespace:
                return TryContainer(address, type);
            case ObjectKind.Range:
                return TryRange(address, type);
            case ObjectKind.Function:
                return TryFunction(address);
            case ObjectKind.BuiltInFunction:
                return TryBuiltIn(address);
            case ObjectKind.Class:
                return TryClass(address);
            case ObjectKind.Module:
                return TryModule(address, type);
            case ObjectKind.Exception:
                return TryException(address, type);
            case ObjectKind.Enum:
                return TryEnum(address, type) || Instance(address, type);
            case ObjectKind.Partial:
                return TryPartial(address, type);
            case ObjectKind.Date or ObjectKind.Time or ObjectKind.DateTime:
                return TryDate(address, type);
            case ObjectKind.TimeDelta:
                return TryTimeDelta(address, type);
            case ObjectKind.TimeZone:
                return TryTimeZone(address, type);
            case ObjectKind.NumpyArray:
                return TryArray(address, type);
            case ObjectKind.NumpyScalar:
                return TryScalar(address, type) || Instance(address, type);
            default:
                return Instance(address, type);
        }
    }

    private void Invalid(ulong address)
    {
        _text.Append("<invalid object at ");
        _text.AppendAddress(address);
        _text.Append('>');
    }

    private bool Instance(ulong address, in TypeInfo type)
    {
        _text.Append('<');
        if (!TryTypeName(type, isShort: false))
        {
            return false;
        }

        AppendAt(address);
        return true;
    }
}
