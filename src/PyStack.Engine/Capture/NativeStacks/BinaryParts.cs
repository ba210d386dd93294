using System;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>The files of one binary: its own, the debug file that it was stripped into, and that one's alternate file.</summary>
internal sealed class BinaryParts : IDisposable
{
    /// <summary>sizeof(Elf64_Phdr), and a little.</summary>
    private const int SegmentBytes = 64;

    private MappedFile? _alternateFile;

    private BinaryParts(Limits limits) => Limits = limits;

    public Limits Limits { get; }

    public MappedFile? File { get; private init; }

    public ElfImage? Image { get; private init; }

    public MappedFile? DebugFile { get; private set; }

    public ElfImage? DebugImage { get; private set; }

    /// <summary>The debug information; null if there is none.</summary>
    public DebugSymbols? Symbols { get; private set; }

    /// <summary>The build-id by which a server may be asked for source files; null where the names of these are the target's own word.</summary>
    public string? SourceBuildId { get; private set; }

    /// <summary>Of a binary that has no file here.</summary>
    public static BinaryParts None(Limits limits) => new(limits);

    /// <summary>Looks for the files of a binary. They are open when this returns, so that the target is not needed later.</summary>
    public static BinaryParts Find(string path, MappedFile file, ElfImage image, DebugFiles debugFiles, Limits limits, BinaryBudget budget)
    {
        BinaryParts parts = new(limits) { File = file, Image = image };
        parts.Symbols = parts.SymbolsOf(path, image, file, debugFiles, budget, path);
        if (parts.Symbols is null && debugFiles.TryFind(path, image, out string debugPath, out MappedFile? debugFile, out ElfImage? debug))
        {
            (parts.DebugFile, parts.DebugImage) = (debugFile, debug);
            parts.SourceBuildId = debugFiles.IsOurs(debugPath) && image.TryGetBuildId(out string? buildId) ? buildId : null;
            parts.Symbols = parts.SymbolsOf(debugPath, debug, debugFile, debugFiles, budget, path, debugPath);
        }

        _ = budget.TryTake(HeaderBytes(image) + HeaderBytes(parts.DebugImage));
        file.Budget = budget;
        if (parts.DebugFile is not null)
        {
            parts.DebugFile.Budget = budget;
        }

        if (parts._alternateFile is not null)
        {
            parts._alternateFile.Budget = budget;
        }

        return parts;
    }

    /// <summary>Whether its files can still be read. If not, missing data in them may exist, and they must be opened again.</summary>
    public bool IsReadable => File?.Trouble is null && DebugFile?.Trouble is null && _alternateFile?.Trouble is null && Symbols?.IsReadable != false;

    public void Dispose()
    {
        Symbols?.Dispose();
        _alternateFile?.Dispose();
        DebugFile?.Dispose();
        File?.Dispose();
    }

    private static long HeaderBytes(ElfImage? image)
        => image is null ? 0 : ((long)SegmentBytes * image.Segments.Length) + ((long)SectionHeader.Length * (image.Sections?.Headers.Length ?? 0));

    private DebugSymbols? SymbolsOf(string path, ElfImage image, MappedFile file, DebugFiles debugFiles, BinaryBudget budget, params string[] paths)
    {
        if (image.Sections is not { } sections
            || !(sections.TryFind(".debug_info"u8, out SectionHeader info) || sections.TryFind(".zdebug_info"u8, out info))
            || !info.HasBytes)
        {
            return null;
        }

        DwarfSections? alternate = null;
        if (debugFiles.TryFindAlternate(path, sections, out MappedFile? other, out ElfImage? found))
        {
            _alternateFile = other;
            alternate = found.Sections is { } common ? new DwarfSections(common, other, Limits, budget) : null;
        }

        return new DebugSymbols(new DwarfSections(sections, file, Limits, budget, alternate), Limits, paths);
    }
}
