using System;
using System.Collections.Generic;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>A process and those that it has started, for <c>-IncludeChildren</c>: which of them are read, and which failures are errors.</summary>
/// <remarks>
/// The user asks for the Python in a family, and not all of a family runs Python: shells and helpers are left out. A parent that only loads Python for its children is no
/// failure if one of them was read.
/// </remarks>
internal sealed class ProcessFamily(ProcessTree tree, int root)
{
    private readonly HashSet<int> _withStacks = [];
    private readonly List<(int ProcessId, EngineException Error)> _lacking = [];

    /// <summary>All of them, a parent before its children.</summary>
    public List<int> Members { get; } = [root, .. tree.Descendants(root)];

    /// <summary>Reads one of them. Changes nothing here, so that a thread that does not answer can be abandoned in it.</summary>
    public Outcome Read(int processId, Func<int, object[]> read)
    {
        try
        {
            return new(read(processId), null);
        }
        catch (EngineException e) when (MayBeLeftOut(processId, e.Error))
        {
            return new([], e);
        }
    }

    /// <summary>Keeps what came of one.</summary>
    public void Add(int processId, Outcome outcome)
    {
        if (outcome.Lack is EngineException error)
        {
            _lacking.Add((processId, error));
        }
        else
        {
            _withStacks.Add(processId);
        }
    }

    /// <summary>What is an error now that all have been read.</summary>
    /// <param name="leaveOut">Gets the sentence of each one that is none.</param>
    public IEnumerable<(int ProcessId, EngineException Error)> Failures(Action<string> leaveOut)
    {
        foreach ((int processId, EngineException error) in _lacking)
        {
            bool isHelper = processId != root && error.Error is not (EngineError.InterpreterNotFound or EngineError.NoPythonStack);
            if (isHelper || tree.Descendants(processId).Exists(_withStacks.Contains))
            {
                leaveOut($"Process {processId} is left out: {error.Message}");
            }
            else
            {
                yield return (processId, error);
            }
        }
    }

    // A descendant may end before it is its turn.
    private bool MayBeLeftOut(int processId, EngineError error) => error is EngineError.NotPython or EngineError.InterpreterNotFound or EngineError.NoPythonStack
        || (processId != root && error is EngineError.ProcessNotFound or EngineError.ProcessExited);

    /// <param name="Objects">What was read of it.</param>
    /// <param name="Lack">Why it has none, if that may be no error.</param>
    public sealed record Outcome(object[] Objects, EngineException? Lack);
}
