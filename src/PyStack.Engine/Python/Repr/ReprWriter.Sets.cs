using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>set, frozenset.</summary>
internal sealed partial class ReprWriter
{
    // set_repr (Objects/setobject.c): only a plain set is in braces alone.
    private bool TrySet(ulong address, in TypeInfo type)
    {
        if (!_objects.TryOpenSet(address, out SetItems items))
        {
            return false;
        }

        bool is2 = _objects.IsPython2;
        bool isNamed = items.Count == 0 || is2 || type is not { Kind: ObjectKind.Set, IsExact: true };
        if (isNamed && !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append(isNamed ? "(" : "");
        _text.Append(is2 ? "[" : items.Count > 0 ? "{" : "");
        bool isFirst = true;
        while (!_text.IsFull && _objects.TryNext(ref items, out ulong item))
        {
            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            Object(item);
        }

        if (items.IsUnreadable)
        {
            return false;
        }

        AppendIfTruncated();
        _text.Append(is2 ? "]" : isFirst ? "" : "}");
        _text.Append(isNamed ? ")" : "");
        return true;
    }
}
