using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Lines;

/// <summary>Runs the line number program of one unit (DWARF 5, 6.2; versions 2 to 5).</summary>
internal static class LineProgram
{
    // DW_LNS_* (DWARF 5, table 7.25).
    private const byte Copy = 1;
    private const byte AdvancePc = 2;
    private const byte AdvanceLine = 3;
    private const byte SetFile = 4;
    private const byte SetColumn = 5;
    private const byte NegateStatement = 6;
    private const byte SetBasicBlock = 7;
    private const byte ConstAddPc = 8;
    private const byte FixedAdvancePc = 9;

    // DW_LNE_* (table 7.26).
    private const byte EndSequence = 1;
    private const byte SetAddress = 2;
    private const byte DefineFile = 3;

    private static readonly int RowBytes = Unsafe.SizeOf<LineRow>();

    /// <summary>Decodes the table at an offset of <c>.debug_line</c>; null where it is broken from the start.</summary>
    public static LineTable? Read(DwarfSections sections, ulong offset, Limits limits)
    {
        ulong end = sections.LengthOf(DwarfSection.Lines);
        if (offset >= end)
        {
            return null;
        }

        ByteCursor cursor = new(sections.Get(DwarfSection.Lines, offset + InitialLength.MostBytes));
        if (!cursor.TrySeek(offset) || !InitialLength.TryRead(ref cursor, end, out ulong length, out int offsetSize))
        {
            return null;
        }

        ulong start = (ulong)cursor.Position;
        cursor = new(sections.Get(DwarfSection.Lines, start + length));
        if (!cursor.TrySeek(start) || !cursor.TryReadBytes(length, out ReadOnlySpan<byte> bytes))
        {
            return null;
        }

        ByteCursor body = new(bytes);
        if (!body.TryReadUInt16(out ushort version)
            || version is < 2 or > 5
            || (version >= 5 && !body.TrySkip(2)) // address size, segment selector size
            || !body.TryReadUnsigned(offsetSize, out ulong headerLength)
            || headerLength > (ulong)body.Remaining)
        {
            return null;
        }

        ulong program = (ulong)body.Position + headerLength;
        if (!body.TryReadByte(out byte minimum)
            || (version >= 4 && !body.TrySkip(1)) // operations per instruction: 1 on our processors
            || !body.TryReadByte(out byte isStatement)
            || !body.TryReadSByte(out sbyte lineBase)
            || !body.TryReadByte(out byte lineRange)
            || !body.TryReadByte(out byte opcodeBase)
            || opcodeBase == 0
            || !body.TryReadBytes((ulong)(opcodeBase - 1), out ReadOnlySpan<byte> lengths))
        {
            return null;
        }

        Dictionary<int, string> files = [];
        UnitHeader unit = new(0, 0, 0, 0, version, 0, sizeof(ulong), offsetSize);
        bool hasFiles = version >= 5 ? LineFiles.TryRead5(ref body, unit, sections, files) : LineFiles.TryRead(ref body, files, sections.Budget);
        if (!hasFiles || !body.TrySeek(program))
        {
            return null;
        }

        Machine machine = new(new Header(minimum, isStatement != 0, lineBase, lineRange, opcodeBase), lengths, limits.LineRows, sections.Budget);
        machine.Run(ref body, files);
        if (machine.IsTooLarge)
        {
            sections.Budget.Give(machine.Cost);
            return null;
        }

        LineTable table = new(machine.Rows, files);
        sections.Budget.Give(machine.Cost - (RowBytes * (long)machine.Rows.Count));
        return table;
    }

    private readonly record struct Header(byte Minimum, bool IsStatement, sbyte LineBase, byte LineRange, byte OpcodeBase);

    /// <summary>The line number state machine (DWARF 5, 6.2.2).</summary>
    private ref struct Machine(Header header, ReadOnlySpan<byte> lengths, int limit, BinaryBudget budget)
    {
        private readonly ReadOnlySpan<byte> _lengths = lengths;
        private ulong _address;
        private int _file = 1;
        private long _line = 1;
        private bool _isStatement = header.IsStatement;

        public List<LineRow> Rows { get; } = [];

        /// <summary>Bytes that were taken for the rows.</summary>
        public long Cost { get; private set; }

        /// <summary>Whether there were more rows than the budget has room for.</summary>
        public bool IsTooLarge { get; private set; }

        public void Run(ref ByteCursor cursor, Dictionary<int, string> files)
        {
            while (Rows.Count < limit && cursor.TryReadByte(out byte opcode))
            {
                if (Rows.Count == Rows.Capacity && !TryMakeRoom())
                {
                    IsTooLarge = true;
                    return;
                }

                if (opcode >= header.OpcodeBase)
                {
                    // A special opcode (6.2.5.1) advances both address and line.
                    if (header.LineRange == 0)
                    {
                        return;
                    }

                    int adjusted = opcode - header.OpcodeBase;
                    Advance((ulong)(adjusted / header.LineRange));
                    _line += header.LineBase + (adjusted % header.LineRange);
                    Add(isEnd: false);
                }
                else if (!(opcode == 0 ? TryExtended(ref cursor, files) : TryStandard(opcode, ref cursor)))
                {
                    return;
                }
            }
        }

        // The list's old and new array, the copies that are sorted, and their order: four times a row, and an int.
        private bool TryMakeRoom()
        {
            int count = Math.Max(64, Rows.Capacity);
            long cost = count * ((4L * RowBytes) + sizeof(int));
            if (!budget.TryStep(count) || !budget.TryTake(cost))
            {
                return false;
            }

            Cost += cost;
            Rows.Capacity += count;
            return true;
        }

        private bool TryStandard(byte opcode, ref ByteCursor cursor)
        {
            switch (opcode)
            {
                case Copy:
                    Add(isEnd: false);
                    return true;
                case AdvancePc:
                    bool hasAdvance = cursor.TryReadUleb128(out ulong advance);
                    Advance(advance);
                    return hasAdvance;
                case AdvanceLine:
                    bool hasLines = cursor.TryReadSleb128(out long lines);
                    _line = unchecked(_line + lines);
                    return hasLines;
                case SetFile:
                    bool hasFile = cursor.TryReadUleb128(out ulong file);
                    _file = (int)Math.Min(file, int.MaxValue);
                    return hasFile;
                case SetColumn:
                    return cursor.TryReadUleb128(out _);
                case NegateStatement:
                    _isStatement = !_isStatement;
                    return true;
                case SetBasicBlock:
                    return true;
                case ConstAddPc:
                    Advance(header.LineRange == 0 ? 0 : (ulong)((255 - header.OpcodeBase) / header.LineRange));
                    return true;
                case FixedAdvancePc:
                    bool hasFixed = cursor.TryReadUInt16(out ushort delta);
                    _address = unchecked(_address + delta);
                    return hasFixed;
                default:
                    // Prologue end, epilogue begin, ISA, and what later versions add: the header says how many operands there are.
                    bool isRead = true;
                    for (int i = 0; i < _lengths[opcode - 1] && isRead; i++)
                    {
                        isRead = cursor.TryReadUleb128(out _);
                    }

                    return isRead;
            }
        }

        private bool TryExtended(ref ByteCursor cursor, Dictionary<int, string> files)
        {
            if (!cursor.TryReadUleb128(out ulong length) || length == 0 || !cursor.TryReadBytes(length, out ReadOnlySpan<byte> bytes))
            {
                return false;
            }

            ByteCursor operands = new(bytes[1..]);
            switch (bytes[0])
            {
                case EndSequence:
                    Add(isEnd: true);
                    _address = 0;
                    _file = 1;
                    _line = 1;
                    _isStatement = header.IsStatement;
                    break;
                case SetAddress:
                    return operands.TryReadUnsigned(Math.Min(operands.Remaining, 8), out _address);
                case DefineFile when operands.TryReadString(out ReadOnlySpan<byte> name) && files.Count < LineFiles.MaxFiles && LineFiles.TryDecode(name, budget, out string path):
                    files[files.Count + 1] = path;
                    break;
            }

            return true;
        }

        private void Advance(ulong operations) => _address = unchecked(_address + (operations * header.Minimum));

        private readonly void Add(bool isEnd) => Rows.Add(new LineRow(_address, _file, (int)Math.Clamp(_line, 0, int.MaxValue), _isStatement, isEnd));
    }
}
