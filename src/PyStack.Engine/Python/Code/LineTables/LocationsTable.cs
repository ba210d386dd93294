using System;

namespace PyStack.Engine.Python.Code.LineTables;

/// <summary>
/// <c>co_linetable</c> from 3.11 (PEP 657): entries of variable length with lines and columns
/// (Objects/locations.md of CPython 3.11; InternalDocs/code_objects.md later).
/// </summary>
internal static class LocationsTable
{
    private const int CodeUnitSize = 2;

    // Forms of an entry, bits 3 to 6 of its first byte: enum _PyCodeLocationInfoKind in Include/cpython/code.h (3.11).
    private const int LastShort = 9;
    private const int OneLine0 = 10;
    private const int OneLine2 = 12;
    private const int NoColumns = 13;
    private const int Long = 14;

    /// <param name="firstLine"><c>co_firstlineno</c>.</param>
    /// <param name="instruction">Offset of the instruction, in bytes; negative before the first.</param>
    /// <remarks>As <see cref="LineTable.Find"/> says, an instruction without a line has that of the last one before it.</remarks>
    public static SourcePosition Find(ReadOnlySpan<byte> table, int firstLine, int instruction)
    {
        if (instruction < 0)
        {
            return new SourcePosition(firstLine);
        }

        Reader reader = new(table, firstLine);
        long end = 0;
        int? before = null;
        while (reader.TryReadEntry(out int units, out SourcePosition position))
        {
            end += units * CodeUnitSize;
            if (instruction < end)
            {
                return position.Line is null ? new SourcePosition(before ?? FirstOf(ref reader, firstLine)) : position;
            }

            before = position.Line ?? before;
        }

        return default;
    }

    // What is before the first line of a table that has lines belongs to the function's head.
    private static int? FirstOf(ref Reader rest, int firstLine)
    {
        while (rest.TryReadEntry(out _, out SourcePosition position))
        {
            if (position.Line is not null)
            {
                return firstLine;
            }
        }

        return null;
    }

    private ref struct Reader(ReadOnlySpan<byte> table, int firstLine)
    {
        private readonly ReadOnlySpan<byte> _table = table;
        private int _line = firstLine;
        private int _at;

        public bool TryReadEntry(out int units, out SourcePosition position)
        {
            units = 0;
            position = default;
            if (!TryReadByte(out int first))
            {
                return false;
            }

            units = (first & 7) + 1;
            int form = (first >> 3) & 15;
            return form switch
            {
                <= LastShort => TryReadShort(form, out position),
                <= OneLine2 => TryReadOneLine(form - OneLine0, out position),
                NoColumns => TryReadNoColumns(out position),
                Long => TryReadLong(out position),
                _ => true,
            };
        }

        private bool TryReadShort(int form, out SourcePosition position)
        {
            bool ok = TryReadByte(out int second);
            int column = (form << 3) | (second >> 4);
            position = new SourcePosition(_line, _line, column, column + (second & 15));
            return ok;
        }

        private bool TryReadOneLine(int delta, out SourcePosition position)
        {
            _line += delta;
            bool ok = TryReadByte(out int column) & TryReadByte(out int endColumn);
            position = new SourcePosition(_line, _line, column, endColumn);
            return ok;
        }

        private bool TryReadNoColumns(out SourcePosition position)
        {
            bool ok = TryReadSigned(out int delta);
            _line += delta;
            position = new SourcePosition(_line, _line);
            return ok;
        }

        private bool TryReadLong(out SourcePosition position)
        {
            bool ok = TryReadSigned(out int delta)
                & TryReadVarint(out uint endDelta)
                & TryReadVarint(out uint column)
                & TryReadVarint(out uint endColumn);
            _line += delta;

            // Columns are stored plus one, so that 0 can mean "none".
            position = new SourcePosition(
                _line,
                _line + (int)endDelta,
                column == 0 ? null : (int)column - 1,
                endColumn == 0 ? null : (int)endColumn - 1);
            return ok;
        }

        private bool TryReadByte(out int value)
        {
            if (_at >= _table.Length)
            {
                value = 0;
                return false;
            }

            value = _table[_at++];
            return true;
        }

        // Six bits a byte, least significant first; bit 6 says that another byte follows.
        private bool TryReadVarint(out uint value)
        {
            value = 0;
            for (int shift = 0; shift < 32; shift += 6)
            {
                if (!TryReadByte(out int next))
                {
                    return false;
                }

                value |= (uint)(next & 63) << shift;
                if ((next & 64) == 0)
                {
                    return true;
                }
            }

            return false;
        }

        // The lowest bit is the sign.
        private bool TryReadSigned(out int value)
        {
            bool ok = TryReadVarint(out uint raw);
            value = (raw & 1) != 0 ? -(int)(raw >> 1) : (int)(raw >> 1);
            return ok;
        }
    }
}
