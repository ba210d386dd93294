using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Waits;

/// <summary>
/// The system calls of many threads. Each is a file of procfs to open, some 7 µs: of many threads they are read on another processor, while the caller makes the frames.
/// </summary>
internal sealed class SystemCallBatch
{
    /// <summary>Fewer are read at once: to wake another thread costs as much as some of them.</summary>
    private const int MinOnOtherThread = 48;

    /// <summary>For how long they are read again, all together.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private readonly IThreadReader _threads;
    private readonly int[] _threadIds;
    private readonly SystemCall?[] _calls;
    private readonly Task? _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="threadIds">As the observer counts; 0 for none.</param>
    public SystemCallBatch(IThreadReader threads, int[] threadIds, CancellationToken cancellation)
    {
        _threads = threads;
        _threadIds = threadIds;
        _calls = new SystemCall?[threadIds.Length];
        if (threadIds.Length < MinOnOtherThread)
        {
            Read(threads, cancellation);
        }
        else
        {
            _reading = Task.Run(() => Read(threads, cancellation), CancellationToken.None);
        }
    }

    public int Count => _threadIds.Length;

    public int ThreadId(int index) => _threadIds[index];

    /// <summary>The call that a thread was in; null of one that ran. After <see cref="Join()"/>.</summary>
    public SystemCall? this[int index] => _calls[index];

    /// <summary>Waits until all are read.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Join() => _reading?.GetAwaiter().GetResult();

    /// <summary>The same, and reads those again that slept and were not asleep: who was stopped in its sleep begins its call again, some 0.1 ms later.</summary>
    /// <param name="slept">Whether a thread slept before the capture.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Join(Predicate<int> slept)
    {
        Join();
        long start = 0;
        for (int i = 0; i < _calls.Length; i++)
        {
            while (_calls[i] is null && _threadIds[i] > 0 && slept(_threadIds[i]))
            {
                start = start == 0 ? Stopwatch.GetTimestamp() : start;
                if (_threads.TryReadSystemCall(_threadIds[i], out SystemCall call))
                {
                    _calls[i] = call;
                }
                else if (Stopwatch.GetElapsedTime(start) > Patience)
                {
                    return;
                }
                else
                {
                    Thread.Yield();
                }
            }
        }
    }

    private void Read(IThreadReader threads, CancellationToken cancellation)
    {
        for (int i = 0; i < _threadIds.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _calls[i] = _threadIds[i] > 0 && threads.TryReadSystemCall(_threadIds[i], out SystemCall call) ? call : null;
        }
    }
}
