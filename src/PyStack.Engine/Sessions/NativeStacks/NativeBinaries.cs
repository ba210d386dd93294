using System.Collections.Concurrent;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>
/// The binaries that stacks came by, by file and build-id, for as long as the observer lives: a second process of a binary pays nothing. One without a build-id
/// is known by the state of its file. Their files stay mapped, which costs address space and no memory.
/// </summary>
internal static class NativeBinaries
{
    /// <summary>More than the programs and libraries of a machine's Python processes; a hostile one could make up build-ids for ever.</summary>
    private const int MaxBinaries = 4096;

    private static readonly ConcurrentDictionary<(FileKey File, string BuildId), NativeBinary> Known = new();
    private static readonly ConcurrentDictionary<FileIdentity, NativeBinary> WithoutBuildId = new();

    /// <summary>The binary of a module; null if its file cannot be opened.</summary>
    /// <param name="loaded">The module's image in memory.</param>
    public static NativeBinary? Find(ITarget target, Module module, ElfImage loaded, Limits limits, IEngineLog log)
    {
        string? buildId = loaded.TryGetBuildId(out string? found) ? found : null;
        if (buildId is not null && Known.TryGetValue((module.File, buildId), out NativeBinary? known) && known.IsReadable)
        {
            return known;
        }

        if (!target.TryOpen(module, out MappedFile file))
        {
            log.Verbose($"The file of {module.Path} cannot be opened: its code is unwound by what is in memory, and has no names.");
            return null;
        }

        if (buildId is null && WithoutBuildId.TryGetValue(file.Identity, out known) && known.IsReadable)
        {
            file.Dispose();
            return known;
        }

        if (!NativeBinary.TryFromFile(module.Path, file, new DebugFiles(target, limits, log), limits, out NativeBinary binary, out string problem))
        {
            log.Verbose($"{module.Path} {problem}: its code is unwound by what is in memory, and has no names.");
            file.Dispose();
            return null;
        }

        if (Known.Count + WithoutBuildId.Count < MaxBinaries)
        {
            _ = buildId is null ? WithoutBuildId[file.Identity] = binary : Known[(module.File, buildId)] = binary;
        }

        return binary;
    }

    /// <summary>Begins anew: for benchmarks and tests of the first time.</summary>
    public static void Clear()
    {
        Known.Clear();
        WithoutBuildId.Clear();
    }
}
