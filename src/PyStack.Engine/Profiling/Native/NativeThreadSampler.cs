using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Profiling.Native;

/// <summary>Python and native frames of one thread, of the same moment: while it sleeps, by procfs; while it runs, by the kernel's samples.</summary>
internal sealed class NativeThreadSampler : IDisposable
{
    private readonly LiveProcess _process;
    private readonly PythonRuntime _runtime;
    private readonly GilAddress? _gil;
    private readonly ulong _state;
    private readonly StateFields _fields;
    private readonly ulong _pthreadId;
    private readonly long _nativeId;
    private readonly FrameWalker _walker;
    private readonly byte[] _stateBytes;
    private readonly ulong _period;
    private RunningThread? _running;
    private int _stackBytes = RunningThread.FirstStackBytes;
    private int _maxFrames = RunningThread.FirstFrames;

    /// <param name="period">Nanoseconds of the thread's time on a processor between two samples.</param>
    public NativeThreadSampler(LiveProcess process, PythonRuntime runtime, GilAddress? gil, in RawThread thread, int threadId, ulong period, Limits limits)
    {
        PythonLayout layout = runtime.Layout;
        (_process, _runtime, _gil, _state, _pthreadId, _nativeId, _period) = (process, runtime, gil, thread.Address, thread.PthreadId, thread.NativeId, period);
        _fields = new StateFields(layout.Thread);
        _walker = new FrameWalker(layout, limits);
        _stateBytes = new byte[layout.Thread.Size];
        ThreadId = threadId;
        Sleep = new SleepWatch(process.ProcessId, threadId);
    }

    /// <summary>As the observer counts.</summary>
    public int ThreadId { get; }

    public SleepWatch Sleep { get; }

    /// <summary>The pair of stacks that it had when it was last seen asleep; -1 for none.</summary>
    public int SleepingStack { get; set; } = -1;

    /// <summary>Whether it has the GIL while it sleeps.</summary>
    public bool? HasGil { get; private set; }

    /// <summary>The frames that were read last, innermost first.</summary>
    public RawCapture Capture { get; } = new();

    public RunningThread? Running => _running;

    /// <summary>Begins to sample it while it runs. False if the kernel refuses.</summary>
    /// <param name="samples">As in <see cref="RunningThread.TryStart"/>.</param>
    public bool TryStart(int samples, out PerfRefusal refusal)
    {
        _running = RunningThread.TryStart(_process.Processor, _runtime.Layout, _gil, _process.Memory, ThreadId, _state, _period, _stackBytes, _maxFrames, samples, out refusal);
        return _running is not null;
    }

    /// <summary>Has more copied from now on, where a sample's stacks were longer than their copies.</summary>
    /// <returns>False if there is nothing more to copy.</returns>
    public bool TryGrow(bool isNative)
    {
        int most = isNative ? RunningThread.MaxStackBytes : RunningThread.MaxFrames;
        ref int size = ref isNative ? ref _stackBytes : ref _maxFrames;
        if (size >= most)
        {
            return false;
        }

        size = Math.Min(size * (isNative ? 4 : 8), most);
        _running?.Dispose();
        _running = null;
        return true;
    }

    /// <summary>Reads the Python frames of the last sample of the running thread.</summary>
    public SampleOutcome ReadRunning()
    {
        SnapshotMemory snapshot = _running!.Python;
        HasGil = snapshot.HasGil(_state);
        SampleOutcome outcome = Walk(snapshot, snapshot.State);
        return _running.IsStillThere ? outcome : SampleOutcome.Torn;
    }

    /// <summary>Reads the Python frames as they are now: those of a thread that sleeps.</summary>
    public SampleOutcome ReadSleeping()
    {
        IMemorySource memory = _process.Memory;
        if (!memory.TryRead(_state, _stateBytes))
        {
            return SampleOutcome.Gone;
        }

        HasGil = _gil is GilAddress gil && GilState.TryRead(memory, gil, out GilState held) ? held.IsHeld && held.LastHolder == _state : null;
        return Walk(memory, _stateBytes);
    }

    public void Dispose()
    {
        _running?.Dispose();
        Sleep.Dispose();
    }

    private SampleOutcome Walk(IMemorySource memory, ReadOnlySpan<byte> state)
    {
        Capture.Clear();
        if (!_fields.AreOf(state.Slice(_fields.Start, _fields.Length), _pthreadId, _nativeId))
        {
            return SampleOutcome.Gone;
        }

        if (_walker.Walk(memory, _state, state, Capture) != ChainEnd.Complete)
        {
            return SampleOutcome.Torn;
        }

        for (int i = 0; i < Capture.Frames.Count; i++)
        {
            if (!NativeStackTable.IsPossible(Capture.Frames[i]))
            {
                return SampleOutcome.Torn;
            }
        }

        return Capture.Frames.Count == 0 ? SampleOutcome.Empty : SampleOutcome.Read;
    }
}
