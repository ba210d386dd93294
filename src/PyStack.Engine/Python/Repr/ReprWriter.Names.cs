using System;
using System.Text;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>Names of types and of the interpreter's own, without quotes.</summary>
internal sealed partial class ReprWriter
{
    // tp_name; its last part where repr() uses __name__.
    private bool TryTypeName(in TypeInfo type, bool isShort)
    {
        Span<byte> buffer = stackalloc byte[256];
        ReadOnlySpan<byte> name = _objects.ReadTypeName(type, buffer);
        if (name.IsEmpty)
        {
            return false;
        }

        AppendUtf8(isShort ? name[(name.LastIndexOf((byte)'.') + 1)..] : name);
        return true;
    }

    private bool TryName(ulong address)
    {
        if (_isPrefetching)
        {
            // Counted as no characters: what follows is read rather too far.
            return _objects.TryPrefetchName(address);
        }

        if (!_objects.TryReadName(address, out string name))
        {
            return false;
        }

        _text.Append(name);
        return true;
    }

    private void AppendAt(ulong address)
    {
        _text.Append(" at ");
        _text.AppendAddress(address);
        _text.Append('>');
    }

    private void AppendUtf8(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int used);
            _text.Append(rune);
            text = text[used..];
        }
    }
}
