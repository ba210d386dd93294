using System;

namespace PyStack;

/// <summary>
/// Why the stacks of a process or core could not be obtained: the exception of the module's error records. A script catches it by
/// <c>catch [PyStack.EngineException]</c> where <c>-ErrorAction Stop</c> is set.
/// </summary>
public sealed class EngineException : Exception
{
    internal EngineException(EngineError error, string message, string recommendedAction, Exception? inner = null)
        : base(Sentence(message), inner)
    {
        Error = error;
        RecommendedAction = Sentence(recommendedAction);
    }

    /// <summary>The kind of the error, which is also the first part of the record's <c>FullyQualifiedErrorId</c>.</summary>
    public EngineError Error { get; }

    /// <summary>What the user can do, in one or two sentences; the same as the record's <c>ErrorDetails.RecommendedAction</c>.</summary>
    public string RecommendedAction { get; }

    /// <summary>The text with a full stop at its end: many end with a name, or with what the system said.</summary>
    internal static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
