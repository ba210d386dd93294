using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// numpy's arrays by shape and dtype, and its scalars by their value (numpy/ndarraytypes.h: PyArrayObject_fields and PyArray_Descr; numpy/arrayscalars.h). Both have been
/// so since 1.7, and are in 2.
/// </summary>
internal sealed partial class ReprWriter
{
    /// <summary>NPY_MAXDIMS of numpy 2</summary>
    private const int MaxDimensions = 64;

    // Behind the head: data, nd (4 bytes, padded), dimensions, strides, base, descr.
    private const int ArrayDimensionCount = 8;
    private const int ArrayDimensions = 16;
    private const int ArrayDescription = 40;

    private bool TryNumpy(ulong address, TypeInfo type)
        => type.Kind == ObjectKind.NumpyArray ? TryArray(address, type) : TryScalar(address, type) || Instance(address, type);

    private bool TryArray(ulong address, TypeInfo type)
    {
        if (!_memory.TryRead(address + _head + ArrayDimensionCount, out int count)
            || count is < 0 or > MaxDimensions
            || !_memory.TryReadPointer(address + _head + ArrayDimensions, out ulong dimensions)
            || !_memory.TryReadPointer(address + _head + ArrayDescription, out ulong description)
            || !_memory.TryReadPointer(description + _head, out ulong scalar)
            || !_types.TryGet(_memory, scalar, out TypeInfo scalarType))
        {
            return false;
        }

        Span<long> shape = stackalloc long[count];
        if (count > 0 && !_memory.TryRead(dimensions, MemoryMarshal.AsBytes(shape)))
        {
            return false;
        }

        _text.Append('<');
        bool isNamed = TryTypeName(type, isShort: false);
        _text.Append(" shape=(");
        for (int i = 0; i < count; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            _text.Append(shape[i]);
        }

        _text.Append(count == 1 ? ",) dtype=" : ") dtype=");
        isNamed &= TryTypeName(scalarType, isShort: true);
        AppendAt(address);
        return isNamed;
    }

    private bool TryScalar(ulong address, TypeInfo type)
    {
        Span<byte> buffer = stackalloc byte[64];
        int read = _memory.Read(type.Name, buffer);
        int end = buffer[..read].IndexOf((byte)0);
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = buffer["numpy.".Length..end];
        ulong place = address + _head;
        int start = _text.Length;
        if (name.SequenceEqual("bool"u8) || name.SequenceEqual("bool_"u8))
        {
            return TryNumpyBool(place, isTwo: name.Length == 4);
        }

        _text.Append("np.");
        AppendUtf8(name);
        _text.Append('(');
        bool isKnown = name switch
        {
            _ when name.SequenceEqual("float64"u8) => _memory.TryRead(place, out double number) && Written(number),
            _ when name.SequenceEqual("float32"u8) => _memory.TryRead(place, out float number) && Written(Shortest(number)),
            _ when name.SequenceEqual("int64"u8) => _memory.TryRead(place, out long number) && Written(number),
            _ when name.SequenceEqual("int32"u8) => _memory.TryRead(place, out int number) && Written(number),
            _ when name.SequenceEqual("int16"u8) => _memory.TryRead(place, out short number) && Written(number),
            _ when name.SequenceEqual("int8"u8) => _memory.TryRead(place, out sbyte number) && Written(number),
            _ when name.SequenceEqual("uint64"u8) => _memory.TryRead(place, out ulong number) && Written(number),
            _ when name.SequenceEqual("uint32"u8) => _memory.TryRead(place, out uint number) && Written(number),
            _ when name.SequenceEqual("uint16"u8) => _memory.TryRead(place, out ushort number) && Written(number),
            _ when name.SequenceEqual("uint8"u8) => _memory.TryRead(place, out byte number) && Written(number),
            _ => false,
        };
        if (!isKnown)
        {
            _text.Truncate(start);
            return false;
        }

        // numpy 1 shows the bare number and 2 the type with it; the type is worth knowing in both.
        _text.Append(')');
        return true;
    }

    // numpy 2 calls the type bool, and 1 bool_. PyBoolScalarObject (numpy/arrayscalars.h): obval, one byte.
    private bool TryNumpyBool(ulong place, bool isTwo)
    {
        if (!_memory.TryRead(place, out byte value) || value > 1)
        {
            return false;
        }

        _text.Append(isTwo ? "np." : "");
        _text.Append(value == 1 ? "True" : "False");
        _text.Append(isTwo ? "_" : "");
        return true;
    }

    private bool Written(double number)
    {
        FloatText.Append(_text, number, hasPoint: true);
        return true;
    }

    // The double with the digits that suffice for the float.
    private static double Shortest(float number)
    {
        Span<char> digits = stackalloc char[32];
        return number.TryFormat(digits, out int count, default, System.Globalization.CultureInfo.InvariantCulture)
            ? double.Parse(digits[..count], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture)
            : number;
    }

    private bool Written(long number)
    {
        _text.Append(number);
        return true;
    }

    private bool Written(ulong number)
    {
        _text.Append(number);
        return true;
    }
}
