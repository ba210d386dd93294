using System;

namespace PyStack.Engine.Primitives;

/// <summary>The one exception that leaves the engine: what went wrong with a target, and what the user can do about it.</summary>
internal sealed class EngineException(EngineError error, string message, string recommendedAction, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Which of the known ways to fail it was.</summary>
    public EngineError Error { get; } = error;

    /// <summary>The way out, as one or two sentences to the user.</summary>
    public string RecommendedAction { get; } = recommendedAction;
}
