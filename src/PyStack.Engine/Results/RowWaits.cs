using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Waits;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Results;

/// <summary>Finds out what the threads of some rows wait for. Of a thread with several states it is the innermost one that waits.</summary>
internal sealed class RowWaits
{
    private readonly ITarget _target;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<int, ThreadRow> _innermost = [];
    private readonly ThreadWaits? _waits;

    /// <summary>Begins to read the system calls that the threads are in.</summary>
    public RowWaits(ITarget target, List<ThreadRow> rows, Limits limits, CancellationToken cancellation)
    {
        _target = target;
        _cancellation = cancellation;
        foreach (ThreadRow row in rows)
        {
            // The parts of a thread are one after the other, the innermost the last.
            _innermost[row.ThreadId] = row;
        }

        _waits = target.Saved is null ? new ThreadWaits(target, _innermost.Keys, limits, cancellation) : null;
    }

    /// <summary>Waits until the system calls are read.</summary>
    /// <param name="wasStopped">Whether some threads were stopped.</param>
    public void Join(bool wasStopped) => _waits?.Join(threadId => wasStopped && _innermost[threadId].Facts.State == PyThreadState.Sleeping);

    /// <summary>Sets <see cref="ThreadRow.Wait"/>.</summary>
    /// <param name="python">The threads' names, and a copy of the memory that was made after the system calls were read.</param>
    public void Find(IReadOnlyList<PythonRuntime> runtimes, PythonThreadFacts python, Limits limits)
    {
        if (_waits is null)
        {
            foreach ((int threadId, ThreadRow row) in _innermost)
            {
                row.Wait = _target.Saved!.ThreadOf(threadId)?.Wait;
            }

            return;
        }

        _waits.Find().Refine(new PythonThreads(_target, runtimes, States(), python.Memory, limits, _cancellation)
        {
            NameOf = id => _innermost.TryGetValue(id, out ThreadRow? row) ? (row.State is CapturedThread state ? python.NameOf(state) : null) ?? row.Name : null,
        });
        foreach ((int threadId, PyWait wait) in _waits.Build())
        {
            _innermost[threadId].Wait = wait;
        }
    }

    private IEnumerable<KeyValuePair<int, CapturedThread>> States()
    {
        foreach ((int threadId, ThreadRow row) in _innermost)
        {
            if (threadId > 0 && row.State is CapturedThread state)
            {
                yield return new(threadId, state);
            }
        }
    }
}
