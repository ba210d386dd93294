using System;
using System.Globalization;
using PyStack.Engine.Profiling.Tasks;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Profiling;

/// <summary>A thread that is sampled.</summary>
internal sealed class SampledThread : IDisposable
{
    private readonly ulong _pthreadId;
    private readonly long _nativeId;

    public SampledThread(SampledThreadName name, in RawThread thread, ThreadSampler sampler)
        => (Name, State, Sampler, _pthreadId, _nativeId) = (name, thread.Address, sampler, thread.PthreadId, thread.NativeId);

    /// <summary>What is kept of it after it has ended.</summary>
    public SampledThreadName Name { get; }

    /// <summary>The thread state.</summary>
    public ulong State { get; }

    public ThreadSampler Sampler { get; }

    /// <summary>It was not read while it slept.</summary>
    public const int Unknown = -1;

    /// <summary>Its samples do not count because of the mode.</summary>
    public const int NotCounted = -2;

    /// <summary>The number of the stack that it sleeps in.</summary>
    public int SleepsIn { get; set; } = Unknown;

    /// <summary>What finds the task of a sample; null if none is looked for.</summary>
    public TaskSampler? Tasks { get; set; }

    /// <summary>Whether a thread state is still that of the same thread.</summary>
    public bool IsOf(in RawThread thread) => thread.PthreadId == _pthreadId && thread.NativeId == _nativeId;

    public void Dispose()
    {
        Sampler.Dispose();
        Sampler.Idle?.Dispose();
    }
}

/// <summary>Which thread samples are of.</summary>
/// <param name="Index">Among all threads that were sampled.</param>
/// <param name="Runtime">Which of the process's CPythons it belongs to.</param>
/// <param name="ThreadId">As the observer counts; 0 if that is not known.</param>
/// <param name="PthreadId">How the program counts: <c>threading.get_ident()</c>.</param>
/// <param name="Interpreter">The address of its interpreter.</param>
internal sealed record SampledThreadName(int Index, int Runtime, int ThreadId, ulong PthreadId, ulong Interpreter)
{
    /// <summary>The program's name for it, or that of the system; null if neither is known.</summary>
    public string? Name { get; set; }

    /// <summary>The name that the system has for a thread.</summary>
    public static string? OfSystem(LiveProcess process, int threadId)
        => threadId > 0 ? ProcFile.ReadLine(string.Create(CultureInfo.InvariantCulture, $"{ProcessFacts.Folder(process.ProcessId)}/task/{threadId}/comm")) : null;
}
