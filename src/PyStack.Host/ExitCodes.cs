namespace PyStack.Host;

/// <summary>The program's exit codes.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>At least one error record was written.</summary>
    public const int Error = 1;

    /// <summary>The program was called with unknown or incomplete arguments, or it is not installed completely. As in <c>sysexits.h</c>, EX_USAGE.</summary>
    public const int Usage = 64;

    /// <summary>Ctrl+C: 128 and the number of SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;
}
