using System;
using System.Diagnostics;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Profiling.Tasks;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Profiling;

/// <summary>Which threads there are, and in which memory.</summary>
internal sealed partial class ProcessSampler
{
    /// <summary>Finds the threads, and reads each once, which takes longer than later samples do: to be called before the first sample. Nothing is counted.</summary>
    public void Prepare()
    {
        List(Stopwatch.GetTimestamp());
        foreach (SampledThread thread in Native is null ? _living : [])
        {
            if (thread.Sampler.Read() == SampleOutcome.Read)
            {
                _ = _codes[thread.Name.Runtime].AreKnown(thread.Sampler.Frames);
            }
        }
    }

    // Whether a thread has begun since the list was read: it comes first then.
    private bool HasNewThreads(long now)
    {
        _lookAt = now + LookEvery;
        foreach ((ulong address, ulong head) in _heads)
        {
            if (!_process.Memory.TryReadPointer(address, out ulong first) || first != head)
            {
                return true;
            }
        }

        return false;
    }

    private void List(long now)
    {
        long start = Stopwatch.GetTimestamp();
        if (now >= _mapsAt)
        {
            ReadMaps(now);
        }

        ReadList();
        if (_tasks is { HasAsyncio: true } && _mode == PyProfileMode.Wall)
        {
            _waiting ??= new WaitingTasks(_tasks, new SampledMemory(_process.Memory), _limits);
        }

        _lookAt = now + Math.Min((Stopwatch.GetTimestamp() - start) * Seldom / 10, LookEveryAtLeast);
        _listAt = Math.Max(_lookAt, now + ListEvery);
    }

    // Where memory is that of files: it is not read if it would have to be fetched.
    private void ReadMaps(long now)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            _process.RefreshMap(_limits);
        }
        catch (EngineException)
        {
            IsGone = true;
        }

        _mapsAt = now + Math.Max(MapsEvery, (Stopwatch.GetTimestamp() - start) * Seldom);
    }

    private void ReadList()
    {
        _pages.Clear();
        _heads.Clear();
        if (!_set.TryWalk(_pages, _walk))
        {
            IsGone = _process.Facts.HasGone() || _process.Facts.HasOtherProgram();
            return;
        }

        int before = _all.Count;
        bool areIdentified = false;
        int last = -1;
        foreach (RawThread thread in _walk.Threads)
        {
            if (thread.Interpreter != last && _heads.Count < MaxHeads)
            {
                last = thread.Interpreter;
                RawInterpreter interpreter = _walk.Interpreters[last];
                _heads.Add((interpreter.Address + (ulong)_runtimes[thread.Runtime].Layout.Interpreter.ThreadsHead, interpreter.ThreadsHead));
            }

            if (_threads.TryGetValue(thread.Address, out SampledThread? known) && known.IsOf(thread))
            {
                known.Tasks ??= _tasks?.For(thread, _walk.Interpreters[thread.Interpreter], known.Sampler);
                continue;
            }

            if (known is not null)
            {
                Native?.Remove(known);
                known.Dispose();
                _living.Remove(known);
            }

            if (_all.Count >= SampleGroup.MaxThreads)
            {
                HasMoreThreads = true;
                return;
            }

            if (!areIdentified)
            {
                _still.Begin();
                _still.Identify(_walk);
                areIdentified = true;
            }

            Add(thread);
        }

        if (_all.Count > before)
        {
            _names.Find(_pages, _all.Skip(before));
        }
    }

    private void Add(in RawThread thread)
    {
        int threadId = _still.ThreadIdOf(thread);
        RawInterpreter interpreter = _walk.Interpreters[thread.Interpreter];
        IdleWatch idle = new(_process.ProcessId, threadId, _living.Count < MaxWatched);
        HasUnwatched |= !idle.IsKnown;
        SampledThreadName name = new(_all.Count, thread.Runtime, threadId, thread.PthreadId, interpreter.Address) { Name = SampledThreadName.OfSystem(_process, threadId) };
        SampledThread added = new(name, thread, new ThreadSampler(_runtimes[thread.Runtime].Layout, _process.Memory, _process.ProcessId, thread, interpreter.Gil, interpreter.Collecting) { Idle = idle });
        added.Tasks = _tasks?.For(thread, interpreter, added.Sampler);
        _threads[thread.Address] = added;
        _all.Add(name);
        _living.Add(added);
        Native?.Add(added, thread, interpreter.Gil);
    }
}
