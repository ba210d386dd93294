using System;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>
/// The debug sections of one file (DWARF 5, 7.3.1): each is looked up at its first use, and, if it is compressed, unpacked as far as it is read. Not safe for
/// several threads at once.
/// </summary>
/// <param name="budget">The budget for all of this.</param>
/// <param name="alternate">
/// The sections of the file to which <c>dwz</c> moved data that several debug files share (DWARF 5, 7.3.6; <c>.gnu_debugaltlink</c> before it); null where there is none.
/// </param>
/// <param name="isSplit">Whether the file has the sections of split units, whose names end in <c>.dwo</c> (DWARF 5, 7.3.2).</param>
internal sealed class DwarfSections(ElfSections sections, IFileBytes file, Limits limits, BinaryBudget budget, DwarfSections? alternate = null, bool isSplit = false) : IDisposable
{
    /// <summary>How much more is read if the end of an item is not known in advance.</summary>
    private const ulong FirstLook = 256;

    private readonly SectionBytes?[] _found = new SectionBytes?[Names.Length];
    private readonly bool[] _isTried = new bool[Names.Length];

    /// <summary>In the order of <see cref="DwarfSection"/>.</summary>
    private static readonly string[] Names =
    [
        ".debug_info", ".debug_abbrev", ".debug_str", ".debug_line", ".debug_line_str", ".debug_aranges", ".debug_ranges", ".debug_rnglists",
        ".debug_addr", ".debug_str_offsets", ".debug_cu_index",
    ];

    /// <summary>The alternate file's sections.</summary>
    public DwarfSections? Alternate => alternate;

    /// <summary>The budget of the tables that are built from the sections.</summary>
    public BinaryBudget Budget => budget;

    /// <summary>The size of a section in bytes, unpacked; 0 where the file has none, or has it in a form that cannot be read.</summary>
    public ulong LengthOf(DwarfSection section) => Find(section)?.Length ?? 0;

    /// <summary>A section from its start to <paramref name="end"/> at least, or as far as it can be read.</summary>
    public ReadOnlySpan<byte> Get(DwarfSection section, ulong end) => Find(section) is SectionBytes found ? found.Get(end) : default;

    /// <summary>The text at an offset of a section, up to its zero byte, or a bound. Empty where there is none.</summary>
    public ReadOnlySpan<byte> TextAt(DwarfSection section, ulong offset)
    {
        ulong most = (ulong)limits.NameLength;
        for (ulong look = FirstLook; ; look = Math.Min(look * 4, most))
        {
            ReadOnlySpan<byte> bytes = Get(section, unchecked(offset + look));
            if (offset >= (ulong)bytes.Length)
            {
                return default;
            }

            bytes = bytes[(int)offset..];
            int length = bytes[..(int)Math.Min((ulong)bytes.Length, most)].IndexOf((byte)0);
            if (length >= 0)
            {
                return bytes[..length];
            }

            if (look == most || (ulong)bytes.Length < look)
            {
                // A name without an end is truncated; a section that ends inside a name gives nothing.
                return (ulong)bytes.Length < most ? default : bytes[..(int)most];
            }
        }
    }

    public void Dispose()
    {
        foreach (SectionBytes? found in _found)
        {
            found?.Dispose();
        }

        alternate?.Dispose();
    }

    private SectionBytes? Find(DwarfSection section)
    {
        int index = (int)section;
        if (!_isTried[index])
        {
            _isTried[index] = true;
            byte[] name = Encoding.ASCII.GetBytes(isSplit && section != DwarfSection.UnitIndex ? Names[index] + ".dwo" : Names[index]);

            // .zdebug_info is .debug_info in the compression format from before the ELF standard.
            _found[index] = sections.TryFind(name, out _)
                ? SectionBytes.Find(sections, file, name, limits, budget)
                : SectionBytes.FindOld(sections, file, Encoding.ASCII.GetBytes($".z{Names[index][1..]}"), limits, budget);
        }

        return _found[index];
    }
}

/// <summary>The sections that are read.</summary>
internal enum DwarfSection
{
    Info,
    Abbreviations,
    Strings,
    Lines,
    LineStrings,
    AddressRanges,
    Ranges,
    RangeLists,
    Addresses,
    StringOffsets,

    /// <summary>Of a package (<c>.dwp</c>): where in its sections each unit's parts are.</summary>
    UnitIndex,
}
