using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>Reads <c>bytes</c> objects (Include/cpython/bytesobject.h).</summary>
internal static class BytesObject
{
    /// <summary>Finds the bytes of an object; false if it is longer than <paramref name="maxLength"/>.</summary>
    public static bool TryLocate(
        IMemorySource memory, ulong address, PythonLayout layout, int maxLength, out ulong data, out int length)
    {
        data = address + (ulong)layout.Bytes.Data;
        length = 0;
        if (address == 0
            || !memory.TryRead(address + (ulong)layout.Object.VarSize, out long size)
            || size < 0
            || size > maxLength)
        {
            return false;
        }

        length = (int)size;
        return true;
    }

    /// <summary>Reads all bytes of an object; false if it is longer than <paramref name="maxLength"/>.</summary>
    public static bool TryRead(IMemorySource memory, ulong address, PythonLayout layout, int maxLength, out byte[] bytes)
    {
        bytes = [];
        if (!TryLocate(memory, address, layout, maxLength, out ulong data, out int length))
        {
            return false;
        }

        // The length comes from the target: check that the end exists before allocating this much memory.
        if (length > 0 && !memory.TryRead(data + (ulong)length - 1, out byte _))
        {
            return false;
        }

        byte[] found = new byte[length];
        if (!memory.TryRead(data, found))
        {
            return false;
        }

        bytes = found;
        return true;
    }
}
