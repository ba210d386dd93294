using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// The types of <c>datetime</c> (Include/datetime.h): behind the object's head a hash of 8 bytes, then for date, time and datetime one byte that says whether there is a time zone,
/// and the fields, the most significant byte first.
/// </summary>
internal sealed partial class ReprWriter
{
    private const int DateHash = 8;
    private const int DateFields = DateHash + 1;

    private bool TryDateTime(ulong address, TypeInfo type)
    {
        switch (type.Kind)
        {
            case ObjectKind.TimeDelta:
                return TryTimeDelta(address, type);
            case ObjectKind.TimeZone:
                return TryTimeZone(address, type);
        }

        // hastzinfo; date: year (2), month, day; time: hour, minute, second, microsecond (3); datetime: both; then fold, and tzinfo at the next multiple of 8.
        Span<byte> fields = stackalloc byte[12];
        int dateBytes = type.Kind == ObjectKind.Time ? 0 : 4;
        int count = dateBytes + (type.Kind == ObjectKind.Date ? 0 : 6);
        if (!_memory.TryRead(address + _head + DateHash, fields[..(count + 2)]) || fields[0] > 1 || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append('(');
        if (dateBytes > 0)
        {
            _text.Append(BinaryPrimitives.ReadUInt16BigEndian(fields[1..]));
            Next(fields[3]);
            Next(fields[4]);
        }

        if (type.Kind != ObjectKind.Date)
        {
            ReadOnlySpan<byte> time = fields[(1 + dateBytes)..];
            int microsecond = (time[3] << 16) | (time[4] << 8) | time[5];
            _text.Append(dateBytes > 0 ? ", " : "");
            _text.Append(time[0]);
            Next(time[1]);
            if (time[2] != 0 || microsecond != 0)
            {
                Next(time[2]);
            }

            if (microsecond != 0)
            {
                Next(microsecond);
            }

            if (_layout.Unicode is not null && fields[1 + count] == 1)
            {
                _text.Append(", fold=1");
            }

            ulong zonePlace = (_head + DateFields + (ulong)count + (_layout.Unicode is null ? 0u : 1u) + 7) & ~7ul;
            if (fields[0] == 1 && _memory.TryReadPointer(address + zonePlace, out ulong zone))
            {
                _text.Append(", tzinfo=");
                Object(zone);
            }
        }

        _text.Append(')');
        return true;
    }

    // days, seconds, microseconds: 4 bytes each. From 3.7 on they are named, and left out where they are 0.
    private bool TryTimeDelta(ulong address, TypeInfo type)
    {
        Span<byte> fields = stackalloc byte[12];
        if (!_memory.TryRead(address + _head + DateHash, fields) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        int days = BinaryPrimitives.ReadInt32LittleEndian(fields);
        int seconds = BinaryPrimitives.ReadInt32LittleEndian(fields[4..]);
        int microseconds = BinaryPrimitives.ReadInt32LittleEndian(fields[8..]);
        _text.Append('(');
        if (_layout.Version.IsAtLeast(3, 7))
        {
            int start = _text.Length;
            Named(start, "days=", days);
            Named(start, "seconds=", seconds);
            Named(start, "microseconds=", microseconds);
            _text.Append(_text.Length == start ? "0" : "");
        }
        else
        {
            _text.Append(days);
            if (seconds != 0 || microseconds != 0)
            {
                Next(seconds);
            }

            if (microseconds != 0)
            {
                Next(microseconds);
            }
        }

        _text.Append(')');
        return true;
    }

    // offset, a timedelta, and name, a str or null. UTC is the one without an offset that nobody has named.
    private bool TryTimeZone(ulong address, TypeInfo type)
    {
        if (!_memory.TryReadPointer(address + _head, out ulong offset)
            || !_memory.TryReadPointer(address + _head + sizeof(ulong), out ulong name)
            || !_memory.TryRead(offset + _head + DateHash, out long daysAndSeconds)
            || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        if (daysAndSeconds == 0 && name == 0)
        {
            _text.Append(".utc");
            return true;
        }

        _text.Append('(');
        Object(offset);
        if (name != 0)
        {
            _text.Append(", ");
            Object(name);
        }

        _text.Append(')');
        return true;
    }

    private void Next(long number)
    {
        _text.Append(", ");
        _text.Append(number);
    }

    private void Named(int start, ReadOnlySpan<char> name, long number)
    {
        if (number != 0)
        {
            _text.Append(_text.Length > start ? ", " : "");
            _text.Append(name);
            _text.Append(number);
        }
    }
}
