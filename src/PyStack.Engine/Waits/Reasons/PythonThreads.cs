using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The threads of a capture with their frames, so that one can be found that another waits for.</summary>
internal sealed class PythonThreads
{
    private readonly List<PythonStack> _stacks = [];
    private readonly Dictionary<int, PythonStack> _byId = [];
    private readonly PythonReader?[] _readers;

    /// <param name="threads">Ids as the observer counts, and what was captured of each; of a thread with several states the innermost.</param>
    /// <param name="memory">The target's memory, or a copy that was made after the waits of the kernel were read.</param>
    public PythonThreads(
        ITarget target, IReadOnlyList<PythonRuntime> runtimes, IEnumerable<KeyValuePair<int, CapturedThread>> threads, IMemorySource memory, Limits limits, CancellationToken cancellation)
    {
        Target = target;
        _readers = new PythonReader?[runtimes.Count];
        foreach ((int threadId, CapturedThread thread) in threads)
        {
            PythonStack stack = new(threadId, thread, _readers[thread.Runtime] ??= new PythonReader(runtimes[thread.Runtime], memory, limits, cancellation));
            _stacks.Add(stack);
            _byId[threadId] = stack;
        }
    }

    public ITarget Target { get; }

    public IReadOnlyList<PythonStack> Stacks => _stacks;

    /// <summary>The stack of a thread, as the observer counts; null if it has none of Python.</summary>
    public PythonStack? Of(int threadId) => _byId.GetValueOrDefault(threadId);

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
