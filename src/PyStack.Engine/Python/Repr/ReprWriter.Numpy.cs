using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>numpy's arrays by shape and dtype, and its scalars by their value.</summary>
internal sealed partial class ReprWriter
{
    private bool TryArray(ulong address, in TypeInfo type)
    {
        Span<long> room = stackalloc long[ObjectReader.MaxDimensions];
        if (!_objects.TryReadArray(address, room, out ReadOnlySpan<long> shape, out TypeInfo element))
        {
            return false;
        }

        _text.Append('<');
        bool isNamed = TryTypeName(type, isShort: false);
        _text.Append(" shape=(");
        for (int i = 0; i < shape.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            _text.Append(shape[i]);
        }

        _text.Append(shape.Length == 1 ? ",) dtype=" : ") dtype=");
        isNamed &= TryTypeName(element, isShort: true);
        AppendAt(address);
        return isNamed;
    }

    private bool TryScalar(ulong address, in TypeInfo type)
    {
        Span<byte> buffer = stackalloc byte[64];
        ReadOnlySpan<byte> name = _objects.ReadTypeName(type, buffer);
        if (name.Length == buffer.Length || !name.StartsWith("numpy."u8))
        {
            return false;
        }

        name = name["numpy.".Length..];
        int start = _text.Length;
        if (name.SequenceEqual("bool"u8) || name.SequenceEqual("bool_"u8))
        {
            return TryNumpyBool(address, isTwo: name.Length == 4);
        }

        _text.Append("np.");
        AppendUtf8(name);
        _text.Append('(');
        bool isKnown = name switch
        {
            _ when name.SequenceEqual("float64"u8) => _objects.TryReadScalar(address, out double number) && Written(number),
            _ when name.SequenceEqual("float32"u8) => _objects.TryReadScalar(address, out float number) && Written(Shortest(number)),
            _ when name.SequenceEqual("int64"u8) => _objects.TryReadScalar(address, out long number) && Written(number),
            _ when name.SequenceEqual("int32"u8) => _objects.TryReadScalar(address, out int number) && Written(number),
            _ when name.SequenceEqual("int16"u8) => _objects.TryReadScalar(address, out short number) && Written(number),
            _ when name.SequenceEqual("int8"u8) => _objects.TryReadScalar(address, out sbyte number) && Written(number),
            _ when name.SequenceEqual("uint64"u8) => _objects.TryReadScalar(address, out ulong number) && Written(number),
            _ when name.SequenceEqual("uint32"u8) => _objects.TryReadScalar(address, out uint number) && Written(number),
            _ when name.SequenceEqual("uint16"u8) => _objects.TryReadScalar(address, out ushort number) && Written(number),
            _ when name.SequenceEqual("uint8"u8) => _objects.TryReadScalar(address, out byte number) && Written(number),
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
    private bool TryNumpyBool(ulong address, bool isTwo)
    {
        if (!_objects.TryReadScalar(address, out byte value) || value > 1)
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
