using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Capture;

/// <summary>
/// Reads one thread's state and frames of a running process many times over, a few pages in one system call each, and
/// says what of them stayed the same.
/// </summary>
/// <remarks>
/// A loop that calls two functions in turn comes back to the same bytes every hundred nanoseconds, so one reading can show the
/// caller before a change and the callee after it, and a second one can show the same. Each of many readings would
/// have to be torn in the same way, at random moments: the probability becomes negligible, while a stack that
/// does not move for a tenth of a millisecond agrees every time.
/// </remarks>
internal sealed class StackVerifier(RuntimeSet runtimes, IMemorySource memory, Limits limits) : IDisposable
{
    /// <summary>A torn reading with a probability of one in three is repeated this often once in 40 million cases.</summary>
    private const int Readings = 16;

    private readonly PageSnapshot _pages = new(memory, limits);
    private readonly RawCapture _again = new();
    private readonly Random _random = new();

    /// <summary>The part of a thread's stack that is the same in all readings.</summary>
    /// <param name="steps">As the walk that <paramref name="capture"/> comes from began with.</param>
    public StackAgreement Verify(RawCapture capture, in RawThread thread, int steps)
    {
        StackAgreement agreement = StackAgreement.Start(thread);
        _pages.Clear();
        _ = runtimes.TryWalkThread(_pages, thread, _again, steps);
        for (int i = 0; i < Readings && agreement != default; i++)
        {
            Wait();
            _pages.PrepareRefresh();
            _pages.Refresh();
            agreement = runtimes.TryWalkThread(_pages, thread, _again, steps)
                ? agreement.With(StackAgreement.Of(capture, thread, _again, _again.Threads[0]))
                : default;
        }

        return agreement;
    }

    public void Dispose() => _pages.Dispose();

    // A short random delay, so that the readings are not synchronous with the thread.
    private void Wait() => System.Threading.Thread.SpinWait(_random.Next(1, 40));
}
