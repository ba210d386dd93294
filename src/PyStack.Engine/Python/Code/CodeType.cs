using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Code;

/// <summary>
/// Distinguishes code objects from other data that a pointer may lead to, by the name of their type, which is read once and
/// then recognized by its address.
/// </summary>
internal sealed class CodeType(PythonLayout layout)
{
    /// <summary>PyCode_Type.tp_name (Objects/codeobject.c).</summary>
    private static ReadOnlySpan<byte> Name => "code\0"u8;

    private ulong _known;

    /// <summary>Forgets the type, so that the next check reads it again: a new copy must contain the bytes that identify it.</summary>
    public void Forget() => _known = 0;

    public bool IsCode(IMemorySource memory, ulong address)
    {
        if (address == 0 || !memory.TryReadPointer(address + (ulong)layout.Object.Type, out ulong type))
        {
            return false;
        }

        if (type == _known && type != 0)
        {
            return true;
        }

        Span<byte> name = stackalloc byte[5];
        if (!memory.TryReadPointer(type + (ulong)layout.Object.TypeName, out ulong text)
            || !memory.TryRead(text, name)
            || !name.SequenceEqual(Name))
        {
            return false;
        }

        _known = type;
        return true;
    }
}
