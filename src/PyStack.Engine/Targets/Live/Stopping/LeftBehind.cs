using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Pauses that no one waits for any more, while their tracer is still in PTRACE_SEIZE: an exec of the target blocks it. Once the exec continues it
/// waits for the threads that were seized before to be reaped, and the tracer waits for the exec: so another thread must reap meanwhile.
/// </summary>
internal static class LeftBehind
{
    /// <summary>Between two checks, in microseconds.</summary>
    private const int Pause = 5_000;

    private static readonly List<PauseRequest> Requests = [];
    private static bool _isServed;

    /// <summary>Reaps for a pause until its tracer is done.</summary>
    public static void Reap(PauseRequest request)
    {
        lock (Requests)
        {
            Requests.Add(request);
            if (!_isServed)
            {
                _isServed = true;
                new Thread(Serve) { IsBackground = true, Name = "PyStack reaper" }.Start();
            }
        }
    }

    private static void Serve()
    {
        while (true)
        {
            PauseRequest[] requests;
            lock (Requests)
            {
                _ = Requests.RemoveAll(request => request.Phase == PausePhase.Done);
                if (Requests.Count == 0)
                {
                    _isServed = false;
                    return;
                }

                requests = [.. Requests];
            }

            foreach (PauseRequest request in requests)
            {
                request.Stopper.Threads.ReapEnded();
                request.Stopper.Threads.ReapListed();
            }

            ThreadWait.Sleep(Pause);
        }
    }
}
