using PyStack.Engine.Primitives;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>
/// The binaries that stacks had frames in, for the lifetime of this process: a second target with the same binary costs nothing. Bounded, see <see cref="Limits.BinaryBytes"/>.
/// </summary>
internal static class NativeBinaries
{
    public static BinaryCache Shared { get; } = new(Limits.Default);

    /// <summary>Begins again: for benchmarks and tests of the first time.</summary>
    public static void Clear() => Shared.Clear();
}
