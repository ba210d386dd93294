using PyStack.Engine.Primitives;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>
/// The binaries that stacks came by, for as long as the observer lives: a second process of a binary pays nothing. Bounded, see <see cref="Limits.BinaryBytes"/>.
/// </summary>
internal static class NativeBinaries
{
    public static BinaryCache Shared { get; } = new(Limits.Default);

    /// <summary>Begins anew: for benchmarks and tests of the first time.</summary>
    public static void Clear() => Shared.Clear();
}
