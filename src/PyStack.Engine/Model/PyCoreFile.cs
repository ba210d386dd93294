




namespace PyStack;

/// <summary>A file that the process of a core had mapped.</summary>
public sealed class PyCoreFile
{
    /// <summary>As the process named it.</summary>
    public required string Path { get; init; }

    /// <summary>Where its first mapping began.</summary>
    public ulong Address { get; init; }

    /// <summary>The build-id that the core has of it in memory, in hexadecimal digits; null if it has none.</summary>
    public string? BuildId { get; init; }

    /// <summary>The file that is used for it on this machine; null if there is none, or only another build.</summary>
    public string? FoundAt { get; init; }

    /// <summary>Whether this machine has it.</summary>
    public bool IsFound => FoundAt is not null;

    /// <summary>The file on one line: path, build-id, and whether it was not found; control characters are escaped.</summary>
    public override string ToString()
        => TerminalText.Escape($"{Path}{(BuildId is null ? "" : $" (build-id {BuildId})")}{(IsFound ? "" : " (not found)")}");
}
