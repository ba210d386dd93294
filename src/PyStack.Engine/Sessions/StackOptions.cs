using PyStack.Engine.Primitives;

namespace PyStack.Engine.Sessions;

/// <summary>What the user wants of a capture.</summary>
internal sealed record StackOptions
{
    public static readonly StackOptions Default = new();

    /// <summary>Never stop the target.</summary>
    public bool NoBlock { get; init; }

    /// <summary>Also search the heap and anonymous mappings for the interpreter.</summary>
    public bool Exhaustive { get; init; }

    /// <summary>Bounds for everything that is read.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
