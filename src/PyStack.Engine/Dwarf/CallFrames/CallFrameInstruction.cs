namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The instructions of call frame programs (DWARF 5, 7.24), and those of GNU and Arm.</summary>
internal static class CallFrameInstruction
{
    /// <summary>These three keep an operand in their low six bits.</summary>
    public const byte HighMask = 0xc0;
    public const byte AdvanceLocation = 0x40;
    public const byte Offset = 0x80;
    public const byte Restore = 0xc0;

    public const byte Nop = 0x00;
    public const byte SetLocation = 0x01;
    public const byte AdvanceLocation1 = 0x02;
    public const byte AdvanceLocation2 = 0x03;
    public const byte AdvanceLocation4 = 0x04;
    public const byte OffsetExtended = 0x05;
    public const byte RestoreExtended = 0x06;
    public const byte Undefined = 0x07;
    public const byte SameValue = 0x08;
    public const byte Register = 0x09;
    public const byte RememberState = 0x0a;
    public const byte RestoreState = 0x0b;
    public const byte DefineCfa = 0x0c;
    public const byte DefineCfaRegister = 0x0d;
    public const byte DefineCfaOffset = 0x0e;
    public const byte DefineCfaExpression = 0x0f;
    public const byte Expression = 0x10;
    public const byte OffsetExtendedSigned = 0x11;
    public const byte DefineCfaSigned = 0x12;
    public const byte DefineCfaOffsetSigned = 0x13;
    public const byte ValueOffset = 0x14;
    public const byte ValueOffsetSigned = 0x15;
    public const byte ValueExpression = 0x16;

    /// <summary>DW_CFA_MIPS_advance_loc8, which binutils reads on every processor.</summary>
    public const byte AdvanceLocation8 = 0x1d;

    /// <summary>DW_CFA_AARCH64_negate_ra_state_with_pc (DWARF for the Arm 64-bit architecture, 2024Q3).</summary>
    public const byte NegateReturnAddressStateWithPc = 0x2c;

    /// <summary>DW_CFA_GNU_window_save on SPARC; DW_CFA_AARCH64_negate_ra_state on aarch64: the same number.</summary>
    public const byte NegateReturnAddressState = 0x2d;

    /// <summary>DW_CFA_GNU_args_size: how many bytes of arguments are pushed; for exceptions only.</summary>
    public const byte ArgumentsSize = 0x2e;

    /// <summary>DW_CFA_GNU_negative_offset_extended: the offset is subtracted.</summary>
    public const byte NegativeOffsetExtended = 0x2f;
}
