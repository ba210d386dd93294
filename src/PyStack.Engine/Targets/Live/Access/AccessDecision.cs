using System;
using System.Globalization;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>Whether a process may be examined; if not, why and what would help.</summary>
/// <param name="CanRead">Whether its memory may be read, which is all that a capture without a stop needs.</param>
/// <param name="Error">The error that a capture gives; null if it may be stopped and read.</param>
/// <param name="Reason">A sentence that begins with a small letter, to follow the process's name; empty if there is no error.</param>
internal sealed record AccessDecision(bool CanRead, EngineError? Error, string Reason, string Action)
{
    public static readonly AccessDecision Granted = new(true, null, "", "");

    public bool IsGranted => Error is null;

    /// <summary>The reason as a complete sentence; null if there is none.</summary>
    public string? Sentence => Reason.Length == 0 ? null : char.ToUpper(Reason[0], CultureInfo.InvariantCulture) + Reason[1..];

    public EngineException ToException(ProcessFacts target)
    {
        string prefix = Error is EngineError.AccessDenied or EngineError.AlreadyTraced ? "Operation not permitted: process" : "Process";
        return new EngineException(
            Error ?? throw new InvalidOperationException("A granted access is no error."),
            $"{prefix} {target.ProcessId} ({target.Name}): {Reason}",
            Action);
    }
}
