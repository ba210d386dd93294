using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>The readers of the CPythons of a process: of the copy, and of the memory as it is now.</summary>
internal sealed class LockReaders(PythonThreads threads)
{
    private readonly Dictionary<PythonReader, LockReader> _readers = [];

    /// <summary>Those of all threads.</summary>
    public IEnumerable<LockReader> All
    {
        get
        {
            foreach (PythonStack stack in threads.Stacks)
            {
                _ = Of(stack);
            }

            return _readers.Values;
        }
    }

    public LockReader Of(PythonStack stack)
    {
        if (!_readers.TryGetValue(stack.Python, out LockReader? reader))
        {
            _readers.Add(stack.Python, reader = new LockReader(stack.Python, LockFamily.Threads));
        }

        return reader;
    }

    /// <summary>A new one each time: nothing that it has read before counts.</summary>
    public LockReader NowOf(PythonReader python) => new(new PythonReader(python.Runtime, threads.Target.Memory, python.Limits, threads.Cancellation), LockFamily.Threads);
}
