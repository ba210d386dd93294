namespace PyStack;

/// <summary>Where a stack was read from.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PySource : long
{
    /// <summary>A running process.</summary>
    Process,

    /// <summary>A core file.</summary>
    Core,
}
