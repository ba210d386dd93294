using System;
using System.Text;
using System.Threading;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>The debug sections of one file (DWARF 5, 7.3.1): each is looked up, and unpacked where it is compressed, when it is first asked for.</summary>
/// <param name="alternate">
/// Opens the file that <c>dwz</c> moved to what several debug files have in common (DWARF 5, 7.3.6; <c>.gnu_debugaltlink</c> before it); null where there is none.
/// </param>
internal sealed class DwarfSections(ElfSections sections, IFileBytes file, Limits limits, Func<DwarfSections?>? alternate = null)
{
    private readonly Lazy<DwarfSections?> _alternate = new(alternate ?? (() => null), LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly SectionBytes?[] _found = new SectionBytes?[Names.Length];
    private readonly bool[] _isTried = new bool[Names.Length];

    /// <summary>In the order of <see cref="DwarfSection"/>.</summary>
    private static readonly string[] Names =
    [
        ".debug_info", ".debug_abbrev", ".debug_str", ".debug_line", ".debug_line_str", ".debug_aranges", ".debug_ranges", ".debug_rnglists",
        ".debug_addr", ".debug_str_offsets",
    ];

    /// <summary>The alternate file's sections, opened when they are first asked for.</summary>
    public DwarfSections? Alternate => _alternate.Value;

    /// <summary>The bytes of a section; empty where the file has none, or has it in a form that cannot be read.</summary>
    public ReadOnlySpan<byte> Get(DwarfSection section)
    {
        int index = (int)section;
        if (!_isTried[index])
        {
            _found[index] = Find(Names[index]);
            _isTried[index] = true;
        }

        return _found[index] is SectionBytes found && found.TryGet(out ReadOnlySpan<byte> bytes) ? bytes : default;
    }

    private SectionBytes? Find(string name)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(name);
        return sections.TryFind(wanted, out _) ? SectionBytes.Find(sections, file, wanted, limits) : FindOld(name);
    }

    // .zdebug_info is .debug_info packed as compilers did before ELF knew of it.
    private SectionBytes? FindOld(string name)
        => sections.TryFind(Encoding.ASCII.GetBytes($".z{name[1..]}"), out SectionHeader section)
            && sections.TryGetBytes(section, out ReadOnlySpan<byte> packed)
            && CompressedSection.TryUnpackOld(packed, limits, out byte[] bytes) ? new SectionBytes(bytes, section.Address) : null;
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
}
