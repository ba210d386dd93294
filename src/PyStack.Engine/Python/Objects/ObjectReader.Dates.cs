using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>A date, time or datetime. What a kind does not have is 0.</summary>
/// <param name="Fold">1 for the second of two equal times of a day on which clocks are put back.</param>
/// <param name="Zone">The object that says it; 0 where there is none.</param>
internal readonly record struct DateFields(int Year, int Month, int Day, int Hour, int Minute, int Second, int Microsecond, int Fold, ulong Zone);

/// <summary>A duration.</summary>
internal readonly record struct TimeDeltaFields(int Days, int Seconds, int Microseconds);

/// <summary>
/// The types of <c>datetime</c> (Include/datetime.h): after the object's head a hash of 8 bytes, then for date, time and datetime one byte that says whether there is a time zone,
/// and the fields, the most significant byte first.
/// </summary>
internal sealed partial class ObjectReader
{
    private const int DateHash = 8;
    private const int FirstDateField = DateHash + 1;
    private const int DateBytes = 4;
    private const int TimeBytes = 6;

    /// <summary>Reads a date, time or datetime; false where the fields make no sense.</summary>
    public bool TryReadDate(ulong address, ObjectKind kind, out DateFields date)
    {
        // hastzinfo; date: year (2), month, day; time: hour, minute, second, microsecond (3); datetime: both; then fold (3.6), and tzinfo at the next multiple of 8.
        date = default;
        Span<byte> fields = stackalloc byte[1 + DateBytes + TimeBytes + 1];
        int dateBytes = kind == ObjectKind.Time ? 0 : DateBytes;
        int count = dateBytes + (kind == ObjectKind.Date ? 0 : TimeBytes);
        if (!_memory.TryRead(address + _head + DateHash, fields[..(count + 2)]) || fields[0] > 1)
        {
            return false;
        }

        if (dateBytes > 0)
        {
            date = date with { Year = BinaryPrimitives.ReadUInt16BigEndian(fields[1..]), Month = fields[3], Day = fields[4] };
        }

        if (kind == ObjectKind.Date)
        {
            return true;
        }

        ReadOnlySpan<byte> time = fields[(1 + dateBytes)..];
        bool hasFold = !IsPython2;
        ulong zone = 0;
        if (fields[0] == 1)
        {
            int zonePlace = (FirstDateField + count + (hasFold ? 1 : 0) + (int)_head + 7) & ~7;
            _ = _memory.TryReadPointer(address + (ulong)zonePlace, out zone);
        }

        date = date with
        {
            Hour = time[0],
            Minute = time[1],
            Second = time[2],
            Microsecond = (time[3] << 16) | (time[4] << 8) | time[5],
            Fold = hasFold ? fields[1 + count] : 0,
            Zone = zone,
        };
        return true;
    }

    /// <summary>Reads a timedelta: days, seconds, microseconds, 4 bytes each.</summary>
    public bool TryReadTimeDelta(ulong address, out TimeDeltaFields delta) => _memory.TryRead(address + _head + DateHash, out delta);

    /// <summary>Reads a <c>datetime.timezone</c>: its offset, a timedelta, and its name, 0 where it has none.</summary>
    public bool TryGetTimeZone(ulong address, out ulong offset, out ulong name)
    {
        name = 0;
        return TryReadField(address, 0, out offset) && TryReadField(address, sizeof(ulong), out name);
    }
}
