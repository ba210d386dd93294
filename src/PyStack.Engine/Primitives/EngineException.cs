using System;

namespace PyStack.Engine.Primitives;

/// <summary>The only exception of the engine's interface: what went wrong with a target, and what the user can do.</summary>
internal sealed class EngineException(EngineError error, string message, string recommendedAction, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The kind of the error.</summary>
    public EngineError Error { get; } = error;

    /// <summary>What the user can do, in one or two sentences.</summary>
    public string RecommendedAction { get; } = recommendedAction;
}
