namespace PyStack.Engine.Python.Runtime;

/// <summary>Sentences that are the same in pystack, so that scripts may search for them.</summary>
internal static class Messages
{
    public const string Finalizing =
        "The interpreter is shutting itself down so it is possible that no Python stack trace is available for inspection. "
        + "You can still use -NativeAll to force displaying all the threads.";

    /// <summary>No thread with a Python stack could be obtained.</summary>
    public static EngineException NoStack(int processId, string? name, bool isCore = false) => new(
        EngineError.NoPythonStack,
        $"Could not gather enough information to extract the Python frame information of process {processId} ({name}).",
        isCore
            ? "The process may have been starting or ending when it died. -NativeAll shows its native stacks; run again with -Verbose to see what was tried."
            : "If the process is starting or ending, try again in a moment. Run again with -Verbose to see what was tried.");
}
