using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>What one binary tells of its code: how to unwind it and what its functions are called. Safe for several threads.</summary>
internal sealed class NativeBinary
{
    /// <summary>Addresses whose functions are remembered; then it begins anew.</summary>
    private const int MaxKnown = 65_536;

    private readonly Lazy<FunctionTable?> _functions;
    private readonly DebugSymbols? _debug;
    private readonly Dictionary<ulong, SymbolizedFrame[]> _known = new(AddressHash.Comparer);
    private readonly List<SymbolizedFrame> _found = [];
    private readonly Lock _gate = new();

    private readonly MappedFile[] _files;

    private NativeBinary(CallFrameTable rules, Func<FunctionTable?> functions, DebugSymbols? debug, params MappedFile[] files)
    {
        _files = files;
        Rules = rules;
        _functions = new(functions, LazyThreadSafetyMode.ExecutionAndPublication);
        _debug = debug;
    }

    public CallFrameTable Rules { get; }

    /// <summary>Whether its files can still be read. If not, what is missing in them is not known to be missing, and they must be opened anew.</summary>
    public bool IsReadable => Array.TrueForAll(_files, file => file.Trouble is null);

    /// <summary>Of a file, which stays open and mapped as long as the binary is used, and so does its separate debug file.</summary>
    /// <param name="path">In the target's root.</param>
    /// <param name="debugFiles">Finds the file of what the binary was stripped of.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file, which then stays the caller's.</param>
    public static bool TryFromFile(string path, MappedFile file, DebugFiles debugFiles, Limits limits, out NativeBinary binary, out string problem)
    {
        binary = null!;
        if (!ElfImage.TryFromFile(file, limits, out ElfImage? image, out problem))
        {
            return false;
        }

        DebugSymbols? symbols = DebugOf(path, image, file, debugFiles, limits);
        MappedFile? debugFile = null;
        ElfImage? debug = null;
        if (symbols is null && debugFiles.TryFind(path, image, out string debugPath, out debugFile, out debug))
        {
            symbols = DebugOf(debugPath, debug, debugFile, debugFiles, limits);
        }

        binary = new NativeBinary(
            CallFrameTable.FromFile(image, file, limits, debug?.Sections, debugFile),
            () => FunctionTable.Read([image.Sections, debug?.Sections, MiniDebugInfo.Read(image.Sections, limits)], limits),
            symbols,
            debugFile is null ? [file] : [file, debugFile]);
        return true;
    }

    /// <summary>Of an image in memory, which has no names.</summary>
    public static NativeBinary FromMemory(ElfImage image, Limits limits) => new(CallFrameTable.FromSegments(image, limits), () => null, null);

    /// <summary>The functions at an address, the outermost first; none where it is not known.</summary>
    public void FindFunctions(ulong linkedAddress, List<SymbolizedFrame> frames)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(linkedAddress, out SymbolizedFrame[]? known))
            {
                if (_known.Count >= MaxKnown)
                {
                    _known.Clear();
                }

                known = LookUp(linkedAddress);
                _known.Add(linkedAddress, known);
            }

            frames.AddRange(known);
        }
    }

    private static DebugSymbols? DebugOf(string path, ElfImage image, MappedFile file, DebugFiles debugFiles, Limits limits)
    {
        if (image.Sections is not { } sections
            || !(sections.TryFind(".debug_info"u8, out SectionHeader info) || sections.TryFind(".zdebug_info"u8, out info))
            || !info.HasBytes)
        {
            return null;
        }

        return new DebugSymbols(new DwarfSections(sections, file, limits, OpenAlternate), limits);

        DwarfSections? OpenAlternate()
            => debugFiles.TryFindAlternate(path, sections, out MappedFile? other, out ElfImage? found) && found.Sections is { } alternate
                ? new DwarfSections(alternate, other, limits)
                : null;
    }

    private SymbolizedFrame[] LookUp(ulong linkedAddress)
    {
        string? symbol = _functions.Value is { } functions && functions.TryFind(linkedAddress, out string name) ? name : null;
        _found.Clear();
        if (_debug?.TryFind(linkedAddress, symbol, _found) != true && symbol is not null)
        {
            _found.Add(new SymbolizedFrame(Demangler.Demangle(symbol), symbol, null, 0, IsInlined: false));
        }

        return [.. _found];
    }
}
