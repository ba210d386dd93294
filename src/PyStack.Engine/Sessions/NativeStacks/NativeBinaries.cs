using System.Collections.Concurrent;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>
/// The binaries that stacks came by, by file and build-id, for as long as the observer lives: a second process of a binary pays nothing. Their files stay
/// mapped, which costs address space and no memory.
/// </summary>
internal static class NativeBinaries
{
    /// <summary>More than the programs and libraries of a machine's Python processes; a hostile one could make up build-ids for ever.</summary>
    private const int MaxBinaries = 4096;

    private static readonly ConcurrentDictionary<(FileKey File, string BuildId), NativeBinary> Known = new();

    /// <summary>The binary of a module; null if its file cannot be opened.</summary>
    /// <param name="loaded">The module's image in memory.</param>
    public static NativeBinary? Find(ITarget target, Module module, ElfImage loaded, Limits limits, IEngineLog log)
    {
        string? buildId = loaded.TryGetBuildId(out string? found) ? found : null;
        if (buildId is not null && Known.TryGetValue((module.File, buildId), out NativeBinary? known))
        {
            return known;
        }

        if (!target.TryOpen(module, out MappedFile file)
            || !NativeBinary.TryFromFile(module.Path, file, new DebugFiles(target, limits, log), limits, out NativeBinary binary))
        {
            log.Verbose($"The file of {module.Path} cannot be opened: its code is unwound by what is in memory, and has no names.");
            return null;
        }

        if (buildId is not null && Known.Count < MaxBinaries)
        {
            Known[(module.File, buildId)] = binary;
        }

        return binary;
    }

    /// <summary>Begins anew: for benchmarks and tests of the first time.</summary>
    public static void Clear() => Known.Clear();
}
