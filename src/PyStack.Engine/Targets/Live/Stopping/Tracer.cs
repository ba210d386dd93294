using System;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// An OS thread that traces (ptrace is bound to one). It serves one pause after the other as long as each lets every thread go; where one cannot be let
/// go (it sleeps in the kernel, or has ended), the thread ends, and the kernel does the rest.
/// </summary>
internal sealed class Tracer
{
    private const int StackSize = 512 << 10;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static Tracer? _idle;

    private readonly WakeSignal _wake = new();
    private PauseRequest? _request;

    private Tracer() => new Thread(Serve, StackSize) { IsBackground = true, Name = "PyStack tracer" }.Start();

    /// <summary>Begins a pause on a tracer's thread; <see cref="PauseRequest.Phase"/> says how far it is.</summary>
    public static void Begin(PauseRequest request)
    {
        Tracer tracer = Interlocked.Exchange(ref _idle, null) ?? new Tracer();
        Volatile.Write(ref tracer._request, request);
        tracer._wake.Set();
    }

    private void Serve()
    {
        ThreadWait.MakeSleepsPrecise();
        ThreadWait.KeepStopsQuiet();
        while (Next() is PauseRequest request)
        {
            bool isClean;
            using (ChildWatch.HoldOff(request.ParentId))
            {
                isClean = request.Run();
            }

            // Back in the pool first: the worker's next pause comes right after the end of this one. Only one is kept.
            bool isKept = isClean && Interlocked.CompareExchange(ref _idle, this, null) is null;
            request.Finish();
            if (!isKept)
            {
                return;
            }
        }
    }

    private PauseRequest? Next()
    {
        while (true)
        {
            bool isSignalled = _wake.Wait(IdleTime);
            if (Interlocked.Exchange(ref _request, null) is PauseRequest request)
            {
                return request;
            }

            // The thread that took this tracer from the pool is about to give it a request.
            if (!isSignalled && Interlocked.CompareExchange(ref _idle, null, this) == this)
            {
                return null;
            }
        }
    }
}
