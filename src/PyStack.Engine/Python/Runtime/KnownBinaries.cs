using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Where the runtime is in a binary, relative to the mapping of its first byte.</summary>
/// <param name="Variables">Their offsets according to the file; null if it does not have them.</param>
internal sealed record KnownBinary(ulong Runtime, PythonVersion Version, RuntimeVariables? Variables)
{
    public static KnownBinary From(PythonRuntime runtime, ulong baseAddress, bool areVariablesOfFile) => new(
        unchecked(runtime.Address - baseAddress),
        runtime.Version,
        areVariablesOfFile ? Moved(runtime.Variables, unchecked(0 - baseAddress)) : null);

    public RuntimeVariables? VariablesAt(ulong baseAddress)
        => Variables is RuntimeVariables variables ? Moved(variables, baseAddress) : null;

    public ulong AddressAt(ulong baseAddress) => unchecked(baseAddress + Runtime);

    private static RuntimeVariables Moved(RuntimeVariables variables, ulong by) => unchecked(
        new(
            variables.GilHolder + by,
            variables.Finalizing + by,
            variables.Collecting + by,
            variables.GilLastHolder + by,
            variables.GilLocked + by,
            variables.GilSwitchNumber + by,
            variables.YoungestGeneration + by));
}

/// <summary>
/// What was found out about binaries, by file and build-id, for the lifetime of this process: a second target with the same binary need not be
/// searched. Only the offset is cached: version and layout are read from each process, since a hostile one could
/// otherwise change them for all others, and the runtime at that offset is validated each time.
/// </summary>
internal static class KnownBinaries
{
    /// <summary>More interpreters than a machine has; if a hostile process makes up build-ids, the least recently used is removed.</summary>
    private const int MaxBinaries = 1024;

    private static readonly BoundedCache<(FileKey File, string BuildId), KnownBinary> Known = new(MaxBinaries);

    public static bool TryGet(Module module, string? buildId, out KnownBinary binary)
    {
        binary = null!;
        return buildId is not null && Known.TryGet((module.File, buildId), out binary!);
    }

    public static void Add(Module module, string? buildId, KnownBinary binary)
    {
        if (buildId is not null)
        {
            Known.Set((module.File, buildId), binary);
        }
    }

    /// <summary>Begins again: for benchmarks and tests of the first time.</summary>
    public static void Clear() => Known.Clear();
}
