using System;
using System.Collections.Generic;

namespace PyStack.Engine.Discovery;

/// <summary>A process and those that it has started, for <c>-IncludeChildren</c>: which of them are read, and which failures are errors.</summary>
/// <remarks>
/// The user asks for the Python in a family, and not all of a family runs Python: shells and helpers are left out. A parent that only loads Python for its children is no
/// failure if one of them was read.
/// </remarks>
internal sealed class ProcessFamily
{
    private readonly int _root;
    private readonly HashSet<int> _withStacks = [];

    // Noted when a descendant was read: later it may have ended, and the tree would not know it any more.
    private readonly HashSet<int> _withReadDescendants = [];
    private readonly List<int> _order = [];
    private readonly Dictionary<int, EngineException> _lacking = [];
    private ProcessTree _tree;

    public ProcessFamily(ProcessTree tree, int root)
    {
        (_tree, _root) = (tree, root);
        Members = [root, .. tree.Descendants(root)];
    }

    /// <summary>All of them, a parent before its children.</summary>
    public List<int> Members { get; private set; }

    /// <summary>Looks again who is in the family.</summary>
    public void Update(ProcessTree tree)
    {
        _tree = tree;
        Members = [_root, .. tree.Descendants(_root)];
    }

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

    /// <summary>Keeps what came of one; the last time counts.</summary>
    public void Add(int processId, Outcome outcome)
    {
        if (outcome.Lack is EngineException error)
        {
            if (_lacking.TryAdd(processId, error))
            {
                _order.Add(processId);
            }
            else
            {
                _lacking[processId] = error;
            }

            return;
        }

        _ = _withStacks.Add(processId);
        foreach (int member in Members)
        {
            if (_tree.Descendants(member).Contains(processId))
            {
                _ = _withReadDescendants.Add(member);
            }
        }
    }

    /// <summary>What is an error now that all have been read.</summary>
    /// <param name="leaveOut">Gets the sentence of each one that is none.</param>
    public IEnumerable<(int ProcessId, EngineException Error)> Failures(Action<string> leaveOut)
    {
        foreach (int processId in _order)
        {
            EngineException error = _lacking[processId];
            bool isHelper = processId != _root && error.Error is not (EngineError.InterpreterNotFound or EngineError.NoPythonStack);
            if (_withStacks.Contains(processId))
            {
                // It was read at another time.
            }
            else if (isHelper || _withReadDescendants.Contains(processId))
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
        || (processId != _root && error is EngineError.ProcessNotFound or EngineError.ProcessExited);

    /// <param name="Objects">What was read of it.</param>
    /// <param name="Lack">Why it has none, if that may be no error.</param>
    public sealed record Outcome(object[] Objects, EngineException? Lack);
}
