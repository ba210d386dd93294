using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Where the runtime is in a binary, counted from where its first byte is mapped.</summary>
/// <param name="Variables">Where the file says that they are; null where it does not.</param>
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
            variables.GilSwitchNumber + by));
}

/// <summary>
/// What was found out about binaries, by file and build-id, for as long as the observer lives: a second process of a binary need not be
/// searched. Only the place is taken from here: version and layout are what each process tells of itself, since one that is hostile could
/// have changed its own for all others, and that the runtime is alive at that place is checked each time.
/// </summary>
internal static class KnownBinaries
{
    /// <summary>More interpreters than a machine has; a hostile one could make up build-ids for ever, then the least recently used is forgotten.</summary>
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

    /// <summary>Begins anew: for benchmarks and tests of the first time.</summary>
    public static void Clear() => Known.Clear();
}
