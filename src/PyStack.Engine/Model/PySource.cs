namespace PyStack;

/// <summary>Where a stack was read from.</summary>
public enum PySource
{
    /// <summary>A running process.</summary>
    Process,

    /// <summary>A core file.</summary>
    Core,
}
