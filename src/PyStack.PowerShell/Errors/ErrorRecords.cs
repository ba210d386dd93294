using System;
using System.Globalization;
using System.Management.Automation;

namespace PyStack;

/// <summary>The module's error records: all ids, categories and recommended actions in one place.</summary>
internal static class ErrorRecords
{
    /// <summary>The error of an id that no process can have.</summary>
    public static EngineException NoSuchProcess(int processId) => new(
        EngineError.ProcessNotFound,
        string.Create(CultureInfo.InvariantCulture, $"No such process id: {processId}."),
        "Process ids are positive numbers. Press Tab after -Id to see the Python processes of this machine.");

    /// <summary>The error of a name without wildcards that no Python process has.</summary>
    public static EngineException NoSuchName(string name) => new(
        EngineError.ProcessNotFound,
        $"No Python process is called {name}.",
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? $"If this is a process id, give it with -Id: -Id {name}. Get-PyProcess without a name lists all Python processes."
            : "Get-PyProcess without a name lists all Python processes. A name with wildcards, such as python*, may match none without an error.");

    /// <summary>The error of a container or pod without wildcards in which no Python process is.</summary>
    /// <param name="kind"><c>container</c> or <c>pod</c>.</param>
    /// <param name="properties">Where the names and ids are shown.</param>
    /// <param name="leastOfId">Characters of an id's beginning that are needed at least.</param>
    /// <param name="refused">How many processes may not be read.</param>
    public static EngineException NoSuchPlace(string kind, string text, string properties, int leastOfId, int refused) => new(
        EngineError.ProcessNotFound,
        $"No Python process is in a {kind} called {text}, or with an id that begins so.",
        string.Create(CultureInfo.InvariantCulture, $"Get-PyProcess | Format-List Id, {properties} shows them all. Of an id at least {leastOfId} characters are needed.")
            + (refused == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" Run pwsh as root: {refused} {(refused == 1 ? "process" : "processes")} of this machine may not be read.")));

    /// <summary>The error of an invalid pattern, such as one with an open bracket.</summary>
    public static EngineException InvalidPattern(string pattern, string? advice = null) => new(
        EngineError.InvalidArgument,
        $"{pattern} is not a valid wildcard pattern: a bracket is not closed, or a range ends before it begins.",
        $"Close the bracket, or write `[ for a bracket that is part of the name{advice}.");

    /// <summary>The record of a failure: the engine's own errors by their name, anything else as a bug.</summary>
    /// <param name="target">What the user gave: a process id or a name.</param>
    public static ErrorRecord From(Exception exception, object target) => exception is EngineException known
        ? Record(known, known.Error, known.Message, known.RecommendedAction, target)
        : Record(
            exception,
            EngineError.CannotRead,
            $"Cannot read {target}: unexpected {exception.GetType().Name}: {EngineException.Sentence(exception.Message)}",
            "This is a bug in PyStack. Please report it with the output of the same command with -Debug and of Get-Error.",
            target);

    /// <summary>The record of two switches that exclude each other.</summary>
    public static ErrorRecord ExclusiveSwitches(string one, string other, string? action = null)
    {
        string message = $"{one} cannot be combined with {other}.";
        return new ErrorRecord(new PSArgumentException(message), "ExclusiveSwitches", ErrorCategory.InvalidArgument, one)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = action ?? $"Leave out {one} to see all native frames, or {other} to see the last ones only." },
        };
    }

    /// <summary>The record of <c>-LibrarySearchPath</c> and <c>-LibrarySearchRoot</c> together.</summary>
    public static ErrorRecord ExclusiveSearches()
    {
        const string Message = "-LibrarySearchPath cannot be combined with -LibrarySearchRoot.";
        return new ErrorRecord(new PSArgumentException(Message), "ExclusiveSearches", ErrorCategory.InvalidArgument, "-LibrarySearchPath")
        {
            ErrorDetails = new ErrorDetails(Message) { RecommendedAction = "Give folders that hold the libraries by -LibrarySearchPath, or one folder that holds the whole file system by -LibrarySearchRoot." },
        };
    }

    /// <summary>The record of <c>-Until Interrupt</c> where there is no terminal.</summary>
    public static ErrorRecord NoInterrupt() => From(
        new EngineException(
            EngineError.InvalidArgument,
            "-Until Interrupt needs a terminal in which Ctrl+C can be pressed, and there is none: this is a job, a remote session, a script without a terminal or an event handler.",
            "Say how long to measure by -Duration, or measure until the processes end by -Until Exit."),
        "-Until Interrupt");

    private static ErrorRecord Record(Exception exception, EngineError error, string message, string action, object target)
        => new(ShownException.Of(exception), error.ToString(), Category(error), target is string text ? TerminalText.Escape(text) : target)
        {
            // Get-Error writes the target to the terminal as it is, so a name that could control the terminal is escaped in it.
            ErrorDetails = new ErrorDetails(TerminalText.Escape(message)) { RecommendedAction = TerminalText.Escape(action) },
        };

    private static ErrorCategory Category(EngineError error) => error switch
    {
        EngineError.ProcessNotFound => ErrorCategory.ObjectNotFound,
        EngineError.AccessDenied => ErrorCategory.PermissionDenied,
        EngineError.AlreadyTraced => ErrorCategory.ResourceBusy,
        EngineError.NotPython => ErrorCategory.InvalidType,
        EngineError.UnsupportedPython => ErrorCategory.NotImplemented,
        EngineError.InterpreterNotFound => ErrorCategory.ObjectNotFound,
        EngineError.NoPythonStack => ErrorCategory.InvalidResult,
        EngineError.ProcessExited => ErrorCategory.ResourceUnavailable,
        EngineError.CoreNotFound => ErrorCategory.ObjectNotFound,
        EngineError.InvalidCore or EngineError.TruncatedCore => ErrorCategory.InvalidData,
        EngineError.ExecutableNotFound => ErrorCategory.ObjectNotFound,
        EngineError.CannotRead => ErrorCategory.ReadError,
        EngineError.NotResponding => ErrorCategory.OperationTimeout,
        EngineError.CannotWrite => ErrorCategory.WriteError,
        EngineError.InvalidArgument => ErrorCategory.InvalidArgument,
        _ => ErrorCategory.NotSpecified,
    };
}
