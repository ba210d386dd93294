using System;
using System.Collections.Generic;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Dwarf.Lines;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols.Demangling;

namespace PyStack.Engine.Symbols;

/// <summary>
/// Functions, files, lines and inlined calls of one binary from its DWARF. Only the units that stacks have frames in are parsed, and cached. Not safe for several threads at once.
/// </summary>
/// <param name="paths">Of the binary and of its debug file, in the target's root: split debug information may be beside them.</param>
internal sealed class DebugSymbols(DwarfSections sections, Limits limits, params string[] paths) : IDisposable
{
    /// <summary>From an inlined call to the abstract function, to its declaration, and a little more.</summary>
    private const int MaxHops = 8;

    private readonly Dictionary<ulong, Unit?> _units = new(AddressHash.Comparer);
    private readonly List<UnitFunction> _chain = [];
    private readonly UnitDirectory _directory = new(sections, limits);
    private readonly SplitUnits _split = new(paths, limits, sections.Budget);
    private UnitDirectory? _alternate;
    private UnitIndex? _index;

    /// <summary>Whether the files that it has opened can still be read.</summary>
    public bool IsReadable => _split.IsReadable;

    /// <summary>Adds the function that holds an address and the calls that are inlined there, the outermost first; false where nothing is known.</summary>
    /// <param name="symbol">The name of the symbol table, for a function whose entry has none.</param>
    /// <param name="files">Opens files of split debug information; null for none.</param>
    public bool TryFind(ulong address, string? symbol, List<SymbolizedFrame> frames, DebugFiles? files = null)
    {
        _index ??= UnitIndex.Read(sections);
        if (!_index.TryFind(address, out ulong offset) || UnitAt(offset, files) is not Unit unit)
        {
            return false;
        }

        unit.Functions.Find(address, _chain);
        LineRow row = default;
        bool hasLine = unit.Lines?.TryFind(address, out row) == true;
        if (_chain.Count == 0)
        {
            if (!hasLine)
            {
                return false;
            }

            frames.Add(Frame(symbol, symbol, unit, row.File, row.Line, isInlined: false));
            return true;
        }

        for (int i = 0; i < _chain.Count; i++)
        {
            UnitFunction function = _chain[i];
            (string? name, string? linkage) = NameOf(unit.Info, function.Entry);
            if (!function.IsInlined)
            {
                linkage ??= symbol;
            }

            // The position of each function is that of its call of the next one, of the innermost that of its instruction.
            bool isInnermost = i == _chain.Count - 1;
            int file = isInnermost ? hasLine ? row.File : -1 : _chain[i + 1].CallFile;
            int line = isInnermost ? hasLine ? row.Line : 0 : _chain[i + 1].CallLine;
            frames.Add(Frame((linkage ?? name) is string mangled ? Readable(mangled, name) : null, linkage ?? name, unit, file, line, function.IsInlined));
        }

        return true;
    }

    /// <summary>Ends the unpacking of the sections, those of the alternate file included.</summary>
    public void Dispose()
    {
        _split.Dispose();
        sections.Dispose();
    }

    // A linkage name that is not a C++ one is the name itself; a clone's has a suffix that the function does not.
    private static string? Readable(string linkage, string? name)
    {
        string demangled = Demangler.Demangle(linkage);
        return demangled == linkage ? name ?? linkage : demangled;
    }

    private static SymbolizedFrame Frame(string? function, string? linkage, Unit unit, int file, int line, bool isInlined)
    {
        string? name = file >= 0 ? unit.Lines?.FileAt(file) : null;
        return new SymbolizedFrame(function, linkage, name, name is null ? 0 : line, isInlined, unit.Folder);
    }

    private Unit? UnitAt(ulong offset, DebugFiles? files)
    {
        if (!_units.TryGetValue(offset, out Unit? unit))
        {
            DebugUnit? info = _directory.UnitAt(offset);

            // A split unit has the functions, and its skeleton the line table.
            DebugUnit? whole = info?.SplitName is null || files is null ? info : _split.Find(info, files) ?? info;
            unit = info is null || whole is null
                ? null
                : new Unit(whole, UnitFunctions.Read(whole, limits, sections.Budget), info.LineTable is ulong lines ? LineProgram.Read(sections, lines, limits) : null, info.CompilationFolder);
            _units.Add(offset, unit);
        }

        return unit;
    }

    private (string? Name, string? Linkage) NameOf(DebugUnit unit, DebugEntry entry)
    {
        string? name = null;
        string? linkage = null;
        for (int hop = 0; hop < MaxHops; hop++)
        {
            if (linkage is null && (entry.TryGet(Attributes.LinkageName, out AttributeValue mangled) || entry.TryGet(Attributes.OldLinkageName, out mangled)))
            {
                linkage = unit.Text(mangled);
            }

            if (name is null && entry.TryGet(Attributes.Name, out AttributeValue plain))
            {
                name = unit.Text(plain);
            }

            if (!(entry.TryGet(Attributes.AbstractOrigin, out AttributeValue next) || entry.TryGet(Attributes.Specification, out next))
                || !TryFollow(ref unit, next, out entry))
            {
                break;
            }
        }

        return (name, linkage);
    }

    private bool TryFollow(ref DebugUnit unit, AttributeValue reference, out DebugEntry entry)
    {
        entry = default;
        ulong position = reference.Kind == AttributeKind.UnitReference ? unchecked(unit.Header.Offset + reference.Number) : reference.Number;

        // In a link-time optimised build the function may be in another unit; dwz moves data that several files share to an alternate file.
        DebugUnit? holder = reference.Kind switch
        {
            AttributeKind.UnitReference => unit,
            AttributeKind.Reference => DirectoryOf(unit)?.UnitOf(position),
            AttributeKind.AlternateReference => Alternate?.UnitOf(position),
            _ => null,
        };
        if (holder is null)
        {
            return false;
        }

        unit = holder;
        return position >= unit.Header.FirstEntry
            && position < unit.Header.End
            && unit.TryReadEntry(ref position, out entry)
            && entry.Abbreviation is not null;
    }

    private UnitDirectory? Alternate => _alternate ??= sections.Alternate is { } other ? new UnitDirectory(other, limits) : null;

    private UnitDirectory? DirectoryOf(DebugUnit unit) => unit.IsSplit ? null : unit.IsOf(sections) ? _directory : Alternate;

    private sealed record Unit(DebugUnit Info, UnitFunctions Functions, LineTable? Lines, string? Folder);
}
