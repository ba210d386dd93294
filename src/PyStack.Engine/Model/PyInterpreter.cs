




namespace PyStack;

/// <summary>One Python interpreter of a process: a library or program that holds one. A process can have several, each with threads of its own.</summary>
public sealed class PyInterpreter
{
    /// <summary>Its version, <c>3.11.7</c>; only <c>3.11</c> where its memory cannot be read; null if even that is unknown.</summary>
    public string? PythonVersion { get; init => field = ModelText.Of(value); }

    /// <summary>The file that it was loaded from, in the root of the process; null if it is in none.</summary>
    public string? Path { get; init => field = ModelText.Of(value); }

    /// <summary>The version and the file.</summary>
    public override string ToString() => TerminalText.Escape($"Python {PythonVersion ?? "?"} ({Path ?? "no file"})");
}
