using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>Runs the instructions of a CIE and an FDE up to one address (DWARF 5, 6.4.2 and 6.4.3).</summary>
/// <param name="cie">Its factors, and the instructions that come first.</param>
/// <param name="isEhFrame">Whether addresses are encoded as the CIE says.</param>
/// <param name="sectionAddress">The linked address of the section.</param>
/// <param name="dataBase">The base of <c>DW_EH_PE_datarel</c>.</param>
internal readonly ref struct CallFrameProgram(CommonInformationEntry cie, bool isEhFrame, ulong sectionAddress, ulong dataBase)
{
    /// <summary>Instructions of one program. The longest of real ones, with an argument size before each call, have some thousands.</summary>
    private const int MaxInstructions = 65_536;

    private readonly CommonInformationEntry _cie = cie;

    /// <summary>Fills the row that holds at an address.</summary>
    public bool TryRun(in FrameDescriptionEntry fde, ulong address, CallFrameRow row)
    {
        row.Clear();
        row.ReturnAddressRegister = _cie.ReturnAddressRegister;
        row.IsSignalFrame = _cie.IsSignalFrame;
        row.Function = fde.Function;

        ulong location = fde.Function.Start;
        ulong next = fde.Function.End;
        if (!TryRun(_cie.Instructions, address, row, ref location, ref next))
        {
            return false;
        }

        row.KeepInitial();
        if (!TryRun(fde.Instructions, address, row, ref location, ref next))
        {
            return false;
        }

        row.Range = new AddressRange(location, next);
        return true;
    }

    private bool TryRun(ReadOnlySpan<byte> instructions, ulong address, CallFrameRow row, ref ulong location, ref ulong next)
    {
        ref RowState state = ref row.State;
        ByteCursor cursor = new(instructions);
        for (int budget = MaxInstructions; cursor.TryReadByte(out byte instruction); budget--)
        {
            if (budget == 0)
            {
                return false;
            }

            ulong low = instruction & 0x3fUL;
            switch (instruction & CallFrameInstruction.HighMask)
            {
                case CallFrameInstruction.AdvanceLocation:
                    if (!Advance(low, address, ref location, ref next))
                    {
                        return true;
                    }

                    break;
                case CallFrameInstruction.Offset:
                    if (!cursor.TryReadUleb128(out ulong offset))
                    {
                        return false;
                    }

                    state.Set(low, RegisterRuleKind.Offset, Factored((long)offset));
                    break;
                case CallFrameInstruction.Restore:
                    row.Restore(low);
                    break;
                default:
                    if (instruction is CallFrameInstruction.SetLocation or (>= CallFrameInstruction.AdvanceLocation1 and <= CallFrameInstruction.AdvanceLocation4) or CallFrameInstruction.AdvanceLocation8)
                    {
                        if (!TryReadLocation(ref cursor, instruction, address, ref location, ref next, out bool isBefore))
                        {
                            return false;
                        }

                        if (!isBefore)
                        {
                            return true;
                        }
                    }
                    else if (!TryChange(ref cursor, instruction, row, ref state))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    // Whether the rows that follow begin at or before the address that is looked up; otherwise the row is complete.
    private bool Advance(ulong delta, ulong address, ref ulong location, ref ulong next)
        => GoTo(unchecked(location + (delta * _cie.CodeAlignment)), address, ref location, ref next);

    private static bool GoTo(ulong target, ulong address, ref ulong location, ref ulong next)
    {
        if (target > address)
        {
            next = Math.Min(next, target);
            return false;
        }

        location = target;
        return true;
    }

    private bool TryReadLocation(
        ref ByteCursor cursor, byte instruction, ulong address, ref ulong location, ref ulong next, out bool isBefore)
    {
        isBefore = false;
        if (instruction == CallFrameInstruction.SetLocation)
        {
            // The address of a set location is known here only as its distance from the end; only pc-relative ones need it.
            ulong target;
            bool isSet = isEhFrame
                ? PointerEncoding.TryReadAddress(ref cursor, _cie.PointerEncoding, sectionAddress, dataBase, location, out target)
                    && (_cie.PointerEncoding & PointerEncoding.BaseMask) != PointerEncoding.PcRelative
                : cursor.TryReadUnsigned(_cie.AddressSize, out target);
            isBefore = isSet && GoTo(target, address, ref location, ref next);
            return isSet;
        }

        int size = instruction switch
        {
            CallFrameInstruction.AdvanceLocation1 => 1,
            CallFrameInstruction.AdvanceLocation2 => 2,
            CallFrameInstruction.AdvanceLocation4 => 4,
            _ => 8,
        };
        if (!cursor.TryReadUnsigned(size, out ulong delta))
        {
            return false;
        }

        isBefore = Advance(delta, address, ref location, ref next);
        return true;
    }

    private long Factored(long offset) => unchecked(offset * _cie.DataAlignment);

    private bool TryChange(ref ByteCursor cursor, byte instruction, CallFrameRow row, ref RowState state)
    {
        ulong register;
        ulong operand;
        long signed;
        switch (instruction)
        {
            case CallFrameInstruction.Nop:
                return true;
            case CallFrameInstruction.DefineCfa:
                return cursor.TryReadUleb128(out register) && cursor.TryReadUleb128(out operand) && DefineCfa(ref state, register, (long)operand);
            case CallFrameInstruction.DefineCfaSigned:
                return cursor.TryReadUleb128(out register) && cursor.TryReadSleb128(out signed) && DefineCfa(ref state, register, Factored(signed));
            case CallFrameInstruction.DefineCfaRegister:
                return cursor.TryReadUleb128(out register) && DefineCfa(ref state, register, state.Cfa.Kind == CfaKind.Register ? state.Cfa.Operand : 0);
            case CallFrameInstruction.DefineCfaOffset:
                return cursor.TryReadUleb128(out operand) && DefineCfaOffset(ref state, (long)operand);
            case CallFrameInstruction.DefineCfaOffsetSigned:
                return cursor.TryReadSleb128(out signed) && DefineCfaOffset(ref state, Factored(signed));
            case CallFrameInstruction.DefineCfaExpression:
                if (!TryReadExpression(ref cursor, row, out signed))
                {
                    return false;
                }

                state.Cfa = new CfaRule(CfaKind.Expression, 0, signed);
                return true;
            case CallFrameInstruction.RememberState:
                return row.TryRemember();
            case CallFrameInstruction.RestoreState:
                return row.TryRestoreState();
            case CallFrameInstruction.ArgumentsSize:
                return cursor.TryReadUleb128(out _);
            case CallFrameInstruction.NegateReturnAddressState or CallFrameInstruction.NegateReturnAddressStateWithPc:
                state.IsReturnAddressSigned = !state.IsReturnAddressSigned;
                return true;
            default:
                return cursor.TryReadUleb128(out register) && TryRule(ref cursor, instruction, register, row, ref state);
        }
    }

    // The instructions whose first operand is a register.
    private bool TryRule(ref ByteCursor cursor, byte instruction, ulong register, CallFrameRow row, ref RowState state)
    {
        RegisterRuleKind kind;
        long operand = 0;
        ulong unsigned = 0;
        bool isRead = true;
        switch (instruction)
        {
            case CallFrameInstruction.OffsetExtended or CallFrameInstruction.NegativeOffsetExtended:
                kind = RegisterRuleKind.Offset;
                isRead = cursor.TryReadUleb128(out unsigned);
                operand = Factored(instruction == CallFrameInstruction.OffsetExtended ? (long)unsigned : unchecked(-(long)unsigned));
                break;
            case CallFrameInstruction.OffsetExtendedSigned:
                kind = RegisterRuleKind.Offset;
                isRead = cursor.TryReadSleb128(out operand);
                operand = Factored(operand);
                break;
            case CallFrameInstruction.ValueOffset:
                kind = RegisterRuleKind.ValueOffset;
                isRead = cursor.TryReadUleb128(out unsigned);
                operand = Factored((long)unsigned);
                break;
            case CallFrameInstruction.ValueOffsetSigned:
                kind = RegisterRuleKind.ValueOffset;
                isRead = cursor.TryReadSleb128(out operand);
                operand = Factored(operand);
                break;
            case CallFrameInstruction.Undefined:
                kind = RegisterRuleKind.Undefined;
                break;
            case CallFrameInstruction.SameValue:
                kind = RegisterRuleKind.SameValue;
                break;
            case CallFrameInstruction.Register:
                kind = RegisterRuleKind.Register;
                isRead = cursor.TryReadUleb128(out unsigned) && unsigned <= int.MaxValue;
                operand = (long)unsigned;
                break;
            case CallFrameInstruction.Expression:
                kind = RegisterRuleKind.Expression;
                isRead = TryReadExpression(ref cursor, row, out operand);
                break;
            case CallFrameInstruction.ValueExpression:
                kind = RegisterRuleKind.ValueExpression;
                isRead = TryReadExpression(ref cursor, row, out operand);
                break;
            case CallFrameInstruction.RestoreExtended:
                row.Restore(register);
                return true;
            default:
                return false;
        }

        state.Set(register, kind, operand);
        return isRead;
    }

    private static bool DefineCfa(ref RowState state, ulong register, long offset)
    {
        state.Cfa = new CfaRule(CfaKind.Register, (int)Math.Min(register, int.MaxValue), offset);
        return true;
    }

    // An offset without a register before it (DWARF 5, 6.4.2.2: only valid after one) makes no rule.
    private static bool DefineCfaOffset(ref RowState state, long offset)
    {
        if (state.Cfa.Kind != CfaKind.Register)
        {
            return false;
        }

        state.Cfa = state.Cfa with { Operand = offset };
        return true;
    }

    private static bool TryReadExpression(ref ByteCursor cursor, CallFrameRow row, out long operand)
    {
        operand = 0;
        return cursor.TryReadUleb128(out ulong length)
            && cursor.TryReadBytes(length, out ReadOnlySpan<byte> expression)
            && row.TryAddExpression(expression, out operand);
    }
}
