namespace PyStack.Host;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>At least one error record was written.</summary>
    public const int Error = 1;

    /// <summary>The program was called in a way that it does not know, or is not complete. As in <c>sysexits.h</c>, EX_USAGE.</summary>
    public const int Usage = 64;

    /// <summary>Ctrl+C: 128 and the number of SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;
}
