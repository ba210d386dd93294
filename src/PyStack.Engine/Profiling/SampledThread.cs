using System;
using System.Globalization;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Profiling;

/// <summary>A thread that is sampled.</summary>
internal sealed class SampledThread : IDisposable
{
    private readonly ulong _pthreadId;
    private readonly long _nativeId;

    public SampledThread(int index, in RawThread thread, int threadId, ThreadSampler sampler, LiveProcess process)
    {
        (Index, State, Runtime, Sampler, _pthreadId, _nativeId) = (index, thread.Address, thread.Runtime, sampler, thread.PthreadId, thread.NativeId);
        ThreadId = threadId;
        Name = threadId > 0 ? ProcFile.ReadLine(string.Create(CultureInfo.InvariantCulture, $"{ProcessFacts.Folder(process.ProcessId)}/task/{threadId}/comm")) : null;
        Idle = new IdleWatch(process.ProcessId, ThreadId);
    }

    /// <summary>Among all threads that were sampled.</summary>
    public int Index { get; }

    /// <summary>The thread state.</summary>
    public ulong State { get; }

    /// <summary>Which of the process's CPythons it belongs to.</summary>
    public int Runtime { get; }

    /// <summary>As the observer counts; 0 if that is not known.</summary>
    public int ThreadId { get; }

    /// <summary>The name that the system has for it; null if that is not known.</summary>
    public string? Name { get; }

    public ThreadSampler Sampler { get; }

    public IdleWatch Idle { get; }

    /// <summary>Whether a thread state is still that of the same thread.</summary>
    public bool IsOf(in RawThread thread) => thread.PthreadId == _pthreadId && thread.NativeId == _nativeId;

    public void Dispose()
    {
        Sampler.Dispose();
        Idle.Dispose();
    }
}
