namespace PyStack.Engine.Dwarf.Info;

/// <summary>The tags and attributes that are examined (DWARF 5, tables 7.3 and 7.5).</summary>
internal static class Attributes
{
    public const ushort InlinedSubroutineTag = 0x1d;
    public const ushort SubprogramTag = 0x2e;

    public const ushort Name = 0x03;
    public const ushort StatementList = 0x10;
    public const ushort LowPc = 0x11;
    public const ushort HighPc = 0x12;
    public const ushort AbstractOrigin = 0x31;
    public const ushort Specification = 0x47;
    public const ushort Ranges = 0x55;
    public const ushort CallFile = 0x58;
    public const ushort CallLine = 0x59;
    public const ushort CompilationFolder = 0x1b;
    public const ushort LinkageName = 0x6e;
    public const ushort StringOffsetsBase = 0x72;
    public const ushort AddressBase = 0x73;
    public const ushort RangeListsBase = 0x74;
    public const ushort SplitName = 0x76;

    // GNU's for DWARF 4 (GCC's dwarf2.def: DW_AT_GNU_dwo_name, DW_AT_GNU_dwo_id, DW_AT_GNU_ranges_base, DW_AT_GNU_addr_base).
    public const ushort OldSplitName = 0x2130;
    public const ushort OldSplitId = 0x2131;
    public const ushort OldRangesBase = 0x2132;
    public const ushort OldAddressBase = 0x2133;

    /// <summary>DW_AT_MIPS_linkage_name, of compilers before DWARF 4.</summary>
    public const ushort OldLinkageName = 0x2007;
}
