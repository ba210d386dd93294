using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Symbols.Demangling;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>
/// What one binary says about its code: how to unwind it and what its functions are called. Safe for several threads, except <see cref="Dispose"/>. It is kept for
/// longer than a capture, so it has no reference to a target, a log or a caller.
/// </summary>
internal sealed class NativeBinary : IDisposable
{
    /// <summary>Addresses whose functions are cached; then the cache is cleared.</summary>
    private const int MaxKnown = 65_536;

    /// <summary>About the bytes of a remembered address: its place in the table, an array, and a frame with three strings.</summary>
    private const int KnownBytes = 512;

    private readonly BinaryParts _parts;
    private readonly Dictionary<ulong, SymbolizedFrame[]> _known = new(AddressHash.Comparer);
    private readonly List<SymbolizedFrame> _found = [];
    private readonly Lock _gate = new();
    private readonly BinaryBudget _budget;
    private FunctionTable? _functions;
    private MiniDebugInfo? _mini;

    private NativeBinary(CallFrameTable rules, BinaryParts parts, BinaryBudget budget)
    {
        Rules = rules;
        _parts = parts;
        _budget = budget;
    }

    public CallFrameTable Rules { get; }

    /// <summary>Bytes of memory that it uses.</summary>
    public long Bytes => _budget.Taken;

    /// <summary>Whether its debug information was found.</summary>
    public bool HasDebugInformation => _parts.Symbols is not null;

    /// <inheritdoc cref="BinaryParts.SourceBuildId"/>
    public string? SourceBuildId => _parts.SourceBuildId;

    /// <summary>The number of the client that has asked debuginfod servers for what is missing; 0 if none has.</summary>
    public long AskedServers { get; set; }

    /// <summary>Whether its files can still be read; if not they must be opened again.</summary>
    public bool IsReadable => _parts.IsReadable;

    /// <summary>Why its data is incomplete, as the end of a sentence about the file; null if nothing is missing.</summary>
    public string? Problem => _budget.IsExceeded
        ? "has more debug information than PyStack reads: frames of it may lack lines, inlined calls and names"
        : null;

    /// <summary>Of a file, which stays open as long as the binary is used, and so do its separate debug file and the alternate file of that one.</summary>
    /// <param name="path">In the target's root.</param>
    /// <param name="debugFiles">Finds the separate debug file; not used after the call.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file, which then stays the caller's, as the budget does.</param>
    public static bool TryFromFile(
        string path, MappedFile file, DebugFiles debugFiles, Limits limits, BinaryBudget budget, out NativeBinary binary, out string problem)
    {
        binary = null!;
        if (!ElfImage.TryFromFile(file, limits, out ElfImage? image, out problem))
        {
            return false;
        }

        BinaryParts parts = BinaryParts.Find(path, file, image, debugFiles, limits, budget);
        binary = new NativeBinary(CallFrameTable.FromFile(image, file, limits, budget, parts.DebugImage?.Sections, parts.DebugFile), parts, budget);
        return true;
    }

    /// <summary>Of an image in memory, which has no names.</summary>
    public static NativeBinary FromMemory(ElfImage image, Limits limits, BinaryBudget budget)
        => new(CallFrameTable.FromSegments(image, limits, budget), BinaryParts.None(limits), budget);

    /// <summary>The functions at an address, the outermost first; none where it is not known.</summary>
    /// <param name="files">Opens split debug information as it is needed.</param>
    public void FindFunctions(ulong linkedAddress, List<SymbolizedFrame> frames, DebugFiles? files = null)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(linkedAddress, out SymbolizedFrame[]? known))
            {
                known = LookUp(linkedAddress, files);
                Remember(linkedAddress, known);
            }

            frames.AddRange(known);
        }
    }

    /// <summary>
    /// Whether the name of an address is that of a function before: the symbol table does not say where that one ends, and another one, which has no name, begins between the two. Functions in assembly
    /// often have no size, as musl's.
    /// </summary>
    /// <param name="entry">Where a function begins: something calls it.</param>
    public bool IsNamedAfterNeighbour(ulong linkedAddress, ulong entry)
    {
        lock (_gate)
        {
            return entry <= linkedAddress && Functions().TryFindUnsized(linkedAddress, out ulong start) && start < entry;
        }
    }

    /// <summary>Begins another capture: the steps of work count again.</summary>
    public void RenewSteps() => _budget.RenewSteps();

    /// <summary>Whether it was not disposed of: for tests of its users.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Closes its files and gives its memory back. Spans of it must not be used any more; strings may.</summary>
    public void Dispose()
    {
        IsOpen = false;
        Rules.Dispose();
        _mini?.Dispose();
        _parts.Dispose();
        _budget.GiveAll();
    }

    private void Remember(ulong linkedAddress, SymbolizedFrame[] known)
    {
        if (_known.Count >= MaxKnown)
        {
            _budget.Give((long)_known.Count * KnownBytes);
            _known.Clear();
        }

        if (_budget.TryTake(KnownBytes))
        {
            _known.Add(linkedAddress, known);
        }
    }

    private SymbolizedFrame[] LookUp(ulong linkedAddress, DebugFiles? files)
    {
        string? symbol = Functions().TryFind(linkedAddress, out string name) ? name : null;
        _found.Clear();
        if (_parts.Symbols?.TryFind(linkedAddress, symbol, _found, files) != true && symbol is not null)
        {
            _found.Add(new SymbolizedFrame(Demangler.Demangle(symbol), symbol, null, 0, IsInlined: false));
        }

        return [.. _found];
    }

    private FunctionTable Functions()
    {
        if (_functions is null)
        {
            ElfSections? sections = _parts.Image?.Sections;
            if (_parts.File is not null && MiniDebugInfo.TryOpen(sections, _parts.File, _parts.Limits, _budget, out MiniDebugInfo? mini))
            {
                _mini = mini;
            }

            _functions = FunctionTable.Read([sections, _parts.DebugImage?.Sections, _mini?.Sections], _parts.Limits, _budget);
        }

        return _functions;
    }
}
