using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>The types of <c>datetime</c> (Modules/_datetimemodule.c).</summary>
internal sealed partial class ReprWriter
{
    private bool TryDate(ulong address, in TypeInfo type)
    {
        if (!_objects.TryReadDate(address, type.Kind, out DateFields date) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append('(');
        if (type.Kind != ObjectKind.Time)
        {
            _text.Append(date.Year);
            Next(date.Month);
            Next(date.Day);
        }

        if (type.Kind != ObjectKind.Date)
        {
            _text.Append(type.Kind == ObjectKind.DateTime ? ", " : "");
            Time(date);
        }

        _text.Append(')');
        return true;
    }

    private void Time(in DateFields date)
    {
        _text.Append(date.Hour);
        Next(date.Minute);
        if (date.Second != 0 || date.Microsecond != 0)
        {
            Next(date.Second);
        }

        if (date.Microsecond != 0)
        {
            Next(date.Microsecond);
        }

        _text.Append(date.Fold == 1 ? ", fold=1" : "");
        if (date.Zone != 0)
        {
            _text.Append(", tzinfo=");
            Object(date.Zone);
        }
    }

    // From 3.7 on the fields are named, and left out where they are 0.
    private bool TryTimeDelta(ulong address, in TypeInfo type)
    {
        if (!_objects.TryReadTimeDelta(address, out TimeDeltaFields delta) || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        _text.Append('(');
        if (_version.IsAtLeast(3, 7))
        {
            int start = _text.Length;
            Named(start, "days=", delta.Days);
            Named(start, "seconds=", delta.Seconds);
            Named(start, "microseconds=", delta.Microseconds);
            _text.Append(_text.Length == start ? "0" : "");
        }
        else
        {
            _text.Append(delta.Days);
            if (delta.Seconds != 0 || delta.Microseconds != 0)
            {
                Next(delta.Seconds);
            }

            if (delta.Microseconds != 0)
            {
                Next(delta.Microseconds);
            }
        }

        _text.Append(')');
        return true;
    }

    // UTC is the one without an offset that no one has named.
    private bool TryTimeZone(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetTimeZone(address, out ulong offset, out ulong name)
            || !_objects.TryReadTimeDelta(offset, out TimeDeltaFields delta)
            || !TryTypeName(type, isShort: false))
        {
            return false;
        }

        if (name == 0 && delta is { Days: 0, Seconds: 0 })
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
