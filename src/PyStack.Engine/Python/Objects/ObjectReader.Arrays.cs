using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// numpy's arrays and scalars (numpy/ndarraytypes.h: PyArrayObject_fields and PyArray_Descr; numpy/arrayscalars.h). Both have been so since 1.7, and are in 2.
/// </summary>
internal sealed partial class ObjectReader
{
    /// <summary>NPY_MAXDIMS of numpy 2</summary>
    public const int MaxDimensions = 64;

    // After the head: data, nd (4 bytes, padded), dimensions, strides, base, descr.
    private const int ArrayDimensionCount = 8;
    private const int ArrayDimensions = 16;
    private const int ArrayDescription = 40;

    /// <summary>Reads the shape of an array and the type of its elements.</summary>
    /// <param name="room">Room for the shape: <see cref="MaxDimensions"/>.</param>
    public bool TryReadArray(ulong address, Span<long> room, out ReadOnlySpan<long> shape, out TypeInfo element)
    {
        shape = default;
        element = default;
        if (!TryReadField(address, ArrayDimensionCount, out int count)
            || count is < 0 or > MaxDimensions
            || !TryReadField(address, ArrayDimensions, out ulong dimensions)
            || !TryReadField(address, ArrayDescription, out ulong description)
            || !TryReadField(description, 0, out ulong scalar)
            || !TryGetTypeAt(scalar, out element)
            || (count > 0 && !_memory.TryRead(dimensions, MemoryMarshal.AsBytes(room[..count]))))
        {
            return false;
        }

        shape = room[..count];
        return true;
    }

    /// <summary>Reads the value of a scalar, of which the type says what it is.</summary>
    public bool TryReadScalar<T>(ulong address, out T value)
        where T : unmanaged
        => TryReadField(address, 0, out value);
}
