using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The threads of a capture with their frames, so that one can be found that another waits for.</summary>
internal sealed class PythonThreads
{
    private readonly List<PythonStack> _stacks = [];
    private readonly Dictionary<int, PythonStack> _byId = [];
    private readonly PythonReader?[] _readers;
    private bool? _isAlone;

    /// <param name="threads">Ids as the observer counts, and what was captured of each; of a thread with several states the innermost.</param>
    /// <param name="memory">The target's memory, or a copy that was made after the waits of the kernel were read.</param>
    public PythonThreads(
        ITarget target, IReadOnlyList<PythonRuntime> runtimes, IEnumerable<KeyValuePair<int, CapturedThread>> threads, IMemorySource memory, Limits limits, CancellationToken cancellation)
    {
        (Target, Cancellation) = (target, cancellation);
        Times = new WaitTimes(memory, target as LiveProcess, new WaitBudget(limits.WaitTime, cancellation));
        _readers = new PythonReader?[runtimes.Count];
        foreach ((int threadId, CapturedThread thread) in threads)
        {
            PythonStack stack = new(threadId, thread, _readers[thread.Runtime] ??= new PythonReader(runtimes[thread.Runtime], memory, limits, cancellation));
            _stacks.Add(stack);
            _byId[threadId] = stack;
        }
    }

    public ITarget Target { get; }

    public CancellationToken Cancellation { get; }

    public WaitTimes Times { get; }

    /// <summary>What the threads of pools work on.</summary>
    public WorkItems Works => field ??= new WorkItems(this);

    /// <summary>What people call a thread, by its id: the name that the program gave it, or that of the system; null if it has none.</summary>
    public Func<int, string?> NameOf { get; init; } = _ => null;

    /// <summary>Whether there is only one thread in the process.</summary>
    public bool IsAlone => _isAlone ??= Target.ListThreads().InnerIds.Count == 1;

    public IReadOnlyList<PythonStack> Stacks => _stacks;

    /// <summary>The stack of a thread, as the observer counts; null if it has none of Python.</summary>
    public PythonStack? Of(int threadId) => _byId.GetValueOrDefault(threadId);

    /// <summary>A thread in words, escaped: <c>thread 4714 (writer)</c>.</summary>
    public string Describe(int threadId)
        => string.Create(CultureInfo.InvariantCulture, $"thread {threadId}") + (NameOf(threadId) is { Length: > 0 } name ? $" ({TerminalText.Escape(name)})" : "");

    /// <summary>The thread whose <c>pthread_t</c> (Python's <c>threading.get_ident()</c>) this is, as the observer counts; 0 if there is none.</summary>
    public int FindByIdentifier(ulong pthreadId)
    {
        foreach (PythonStack stack in _stacks)
        {
            if (stack.Thread.PthreadId == pthreadId && pthreadId != 0)
            {
                return stack.ThreadId;
            }
        }

        return 0;
    }
}
