using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Results;
using PyStack.Engine.Saving;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Saved;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Deadlocks;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Makes a small core of a running process. A capture as for threads and tasks gives the copied pages; then the process is read a second time from them, in the way in which the core will be
/// read, and what that reads is what the core gets.
/// </summary>
/// <param name="options">What the stacks are to have. Native stacks are those of all threads.</param>
/// <param name="isRedacted">Whether bytes that were not read are left out, also on pages of which others were.</param>
internal sealed class CoreSaving(StackOptions options, bool isRedacted, IEngineLog log, CancellationToken cancellation)
{
    private const int MaxFileBytes = 1 << 20;
    private const ulong NoteAlignment = 4;

    private CapturedProcess? _captured;
    private string[][] _warnings = [];

    /// <summary>The threads of the process at that moment, as <c>Get-PyStack</c> would have given them.</summary>
    public IReadOnlyList<PyThread> Threads { get; private set; } = [];

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<PyTask> Tasks { get; private set; } = [];

    /// <summary>Takes a core of a process.</summary>
    /// <exception cref="EngineException">The process cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process runs.</exception>
    public SavedCore Take(int processId)
    {
        TaskReader tasks = new(TaskOptions.Default, options.Locals, options.Limits);
        using StackSession session = StackSession.OpenProcess(processId, options with { Also = tasks }, log, cancellation);
        tasks.Use(session.Runtimes, session.Target);
        LiveProcess process = (LiveProcess)session.Target;
        try
        {
            return Take(session, process, tasks);
        }
        catch (EngineException e) when (e.Error != EngineError.ProcessExited && process.Facts.HasGone())
        {
            throw process.Facts.Exited(e);
        }
    }

    private SavedCore Take(StackSession session, LiveProcess process, TaskReader tasks)
    {
        RecordedMemory memory = new(process.Memory, options.Limits.SnapshotBytes);
        session.Captured = captured => Keep(captured, memory);
        PyThread[] threads = session.Capture(tasks, out TaskLook look, cancellation);
        (Threads, Tasks) = (threads, look.Tasks);
        process.RefreshMap(options.Limits);
        CapturedProcess taken = _captured!;
        Dictionary<int, NativeThread> natives = PutStacks(taken, process, memory);
        SavedProcess saved = Describe(session, taken, threads, look, natives, tasks);
        Dictionary<int, byte[]> registers = RegistersOf(process, saved, natives, taken);
        CoreNotes notes = CoreNotes.Read(Notes(process, saved, registers), NoteAlignment, options.Limits);
        ModuleMemory.Read(process, notes, memory, options.Native != NativeMode.None, options.Limits);

        PyTask[] tasksAgain = ReadAgain(process, notes, memory, threads);
        saved = saved with { Tasks = Differences(look.Tasks, tasksAgain) };
        List<RecordedRun> runs = memory.Runs(address => process.Map.Find(address) is not { IsWritable: true }, isRedacted);
        if (memory.IsFull)
        {
            log.Warning(string.Create(CultureInfo.InvariantCulture, $"Process {process.ProcessId}: the stacks need more than {options.Limits.SnapshotBytes >> 20} MiB of memory; what is beyond that is not in the core."));
        }

        return new SavedCore(process.Processor.Machine, Notes(process, saved, registers), CoreLayout.Segments(process.Map.Regions, runs), runs)
        {
            Pause = saved.PauseTicks is var ticks ? new TimeSpan(ticks) : default,
            StoppedThreads = taken.StoppedThreads,
            Threads = saved.Threads.Length,
        };
    }

    // Called before names and waits are read, which use the memory of the copies.
    private void Keep(CapturedProcess captured, RecordedMemory memory)
    {
        _captured = captured;
        _warnings = [.. captured.Threads.ConvertAll(thread => thread.Warnings.ToArray())];
        memory.Clear();
        foreach (Memory.PageSnapshot pages in captured.Pages)
        {
            memory.Take(pages);
        }
    }

    private Dictionary<int, NativeThread> PutStacks(CapturedProcess captured, LiveProcess process, RecordedMemory memory)
    {
        Dictionary<int, NativeThread> natives = [];
        ulong end = process.Facts.StackStart;
        using NativeStackReader reader = new(process, options.Limits, log);
        foreach (NativeThread thread in captured.NativeThreads)
        {
            natives[thread.ThreadId] = thread.All.Length > 0 ? thread : reader.Complete(thread);
            foreach (AddressRange range in thread.Ranges)
            {
                // What is above the first frame of the main thread is the arguments and the environment of the program.
                ulong last = range.Contains(end) ? end : range.End;
                byte[] bytes = new byte[(int)(last - range.Start)];
                int count = thread.Stack.Read(range.Start, bytes);
                memory.Put(range.Start, bytes.AsSpan(0, count), isNoted: !isRedacted);
            }
        }

        return natives;
    }

    private SavedProcess Describe(StackSession session, CapturedProcess captured, PyThread[] threads, TaskLook look, Dictionary<int, NativeThread> natives, TaskReader tasks) => new()
    {
        Writer = typeof(CoreSaving).Assembly.GetName().Version?.ToString(3) ?? "",
        Host = Environment.MachineName,
        CapturedAt = captured.CapturedAt,
        PauseTicks = (session.LastBudget?.Spent ?? captured.Pause).Ticks,
        StoppedThreads = captured.StoppedThreads,
        HasNative = options.Native != NativeMode.None,
        HasLocals = options.Locals is not null,
        IsRedacted = isRedacted,
        Runtimes = [.. MakeRuntimes(session)],
        Threads = [.. MakeThreads(session, captured, threads, natives)],
        States = [.. MakeStates(session, captured, threads)],
        Objects = tasks.FoundObjects(),
        Asyncio = tasks.FoundAsyncio(),
        Sources = SavedSources.Of(threads, look.Tasks),
    };

    private static IEnumerable<SavedRuntime> MakeRuntimes(StackSession session)
    {
        foreach (Python.Runtime.PythonRuntime runtime in session.Runtimes)
        {
            yield return new SavedRuntime(runtime.Address, runtime.Version.Hex, runtime.Module?.BaseAddress ?? 0, runtime.Layout.Runtime.IsStruct ? null : runtime.Variables.All)
            {
                IsAfterRelease = runtime.Version.IsAfterRelease,
            };
        }
    }

    private static List<SavedThread> MakeThreads(StackSession session, CapturedProcess captured, PyThread[] threads, Dictionary<int, NativeThread> natives)
    {
        Dictionary<int, (ThreadFacts Facts, PyWait? Wait)> known = [];
        for (int i = 0; i < threads.Length; i++)
        {
            // The parts of a thread are one after the other, the innermost the last.
            known[threads[i].ThreadId] = (session.LastRows[i].Facts, threads[i].Wait);
        }

        // Those that there were then, where that is known.
        HashSet<int> ids = [.. captured.ThreadIds.Count > 0 ? captured.ThreadIds : session.Target.Threads.ListIds(), .. known.Keys, .. natives.Keys];
        ids.Remove(0);
        Dictionary<int, ThreadFacts> others = [];
        session.Target.ListThreads().ReadAll([.. ids], others);
        List<SavedThread> saved = [];
        foreach (int id in ids)
        {
            if (!known.TryGetValue(id, out (ThreadFacts Facts, PyWait? Wait) one) && !others.TryGetValue(id, out one.Facts))
            {
                continue;
            }

            bool hasStack = natives.TryGetValue(id, out NativeThread? native) && native.Moment is NativeMoment.SameAsPython or NativeMoment.BetweenEqualFrames;
            saved.Add(new SavedThread(id, one.Facts.Name, one.Facts.State, one.Facts.CpuTime?.Ticks, one.Wait, hasStack));
        }

        // The leader is the first, as the kernel writes the thread that has died.
        saved.Sort((left, right) => (left.Id != session.Target.ProcessId, left.Id).CompareTo((right.Id != session.Target.ProcessId, right.Id)));
        return saved;
    }

    private List<SavedState> MakeStates(StackSession session, CapturedProcess captured, PyThread[] threads)
    {
        Dictionary<ulong, PyThread> shown = new(AddressHash.Comparer);
        for (int i = 0; i < threads.Length; i++)
        {
            if (session.LastRows[i].State is CapturedThread state)
            {
                shown[state.Address] = threads[i];
            }
        }

        Dictionary<ulong, string[]> warnings = new(AddressHash.Comparer);
        for (int i = 0; i < captured.Threads.Count; i++)
        {
            warnings[captured.Threads[i].Address] = _warnings[i];
        }

        List<SavedState> saved = [];
        foreach ((CapturedThread state, int threadId, ThreadLife life) in session.LastStates)
        {
            PyThread? thread = shown.GetValueOrDefault(state.Address);
            string[] remarks = warnings.GetValueOrDefault(state.Address) ?? [];
            saved.Add(new SavedState(state.Address, threadId, (int)life, thread?.PythonName, thread?.Exception, state.IsCoherent, remarks.Length == 0 ? null : remarks));
        }

        return saved;
    }

    private static Dictionary<int, byte[]> RegistersOf(LiveProcess process, SavedProcess saved, Dictionary<int, NativeThread> natives, CapturedProcess captured)
    {
        Dictionary<ulong, ulong> byState = new(AddressHash.Comparer);
        foreach (CapturedThread thread in captured.Threads)
        {
            byState[thread.Address] = thread.PthreadId;
        }

        Dictionary<int, ulong> pointers = [];
        foreach (SavedState state in saved.States)
        {
            pointers[state.ThreadId] = byState.GetValueOrDefault(state.Address);
        }

        Dictionary<int, byte[]> registers = [];
        foreach (SavedThread thread in saved.Threads)
        {
            registers[thread.Id] = SavedRegisters.Of(process, thread.Id, natives.GetValueOrDefault(thread.Id), pointers.GetValueOrDefault(thread.Id));
        }

        return registers;
    }

    private byte[] Notes(LiveProcess process, SavedProcess saved, Dictionary<int, byte[]> registers)
    {
        ProcessFacts facts = process.Facts;
        ProcessIds ids = new(process.ProcessId, facts.ParentId, facts.JobGroupId, facts.SessionId, (uint)facts.UserId, (uint)Math.Max(0, facts.GroupIds.Real));
        NoteWriter notes = new();
        for (int i = 0; i < saved.Threads.Length; i++)
        {
            SavedThread thread = saved.Threads[i];
            TimeSpan cpuTime = new(thread.CpuTicks ?? 0);
            notes.AddThread(ids, thread.Id, cpuTime, registers[thread.Id]);
            if (i == 0)
            {
                _ = ProcFile.TryRead(facts.AccessFolder + "/cmdline", MaxFileBytes, out byte[] arguments);
                notes.AddProcess(ids, facts.State, facts.Name, isRedacted ? [] : arguments);
                _ = ProcFile.TryRead(facts.AccessFolder + "/auxv", MaxFileBytes, out byte[] vector);
                notes.AddAuxiliary(vector);
                if (process.CodeMask != ulong.MaxValue)
                {
                    notes.AddAuthenticationBits(~process.CodeMask);
                }

                notes.AddFiles(process.Map.Regions, (ulong)Environment.SystemPageSize);
                notes.Add(SavedNote.Owner, SavedNote.Type, SavedNote.Write(saved));
            }
        }

        return notes.Bytes.ToArray();
    }

    // Reads it as the core will be read, and says if that gives something else.
    private PyTask[] ReadAgain(LiveProcess process, CoreNotes notes, RecordedMemory memory, PyThread[] threads)
    {
        PyThread[] read = [];
        IReadOnlyList<PyTask> found = [];
        if (notes.Saved?.Process.Runtimes.Length > 0)
        {
            SavedTarget target = new(process, notes, memory, hasFiles: false);
            TaskReader tasks = new(TaskOptions.Default, options.Locals, options.Limits);
            using StackSession session = StackSession.OpenSaved(target, options with { Native = NativeMode.None, NoBlock = false, Also = tasks }, SilentLog.Instance, cancellation);
            tasks.Use(session.Runtimes, target);
            read = session.Capture(tasks, out TaskLook look, cancellation);
            found = look.Tasks;
        }

        if (options.Native != NativeMode.None)
        {
            // Code that is in a file is read from there.
            memory.IsInFile = address => process.Map.Find(address) is { File.IsFile: true, IsWritable: false, IsDeleted: false };
            using StackSession natives = StackSession.OpenSaved(new SavedTarget(process, notes, memory, hasFiles: true), options with { Locals = null, NoBlock = false, Also = null }, SilentLog.Instance, cancellation);
            read = natives.Capture(cancellation);
            memory.IsInFile = null;
        }

        int different = 0;
        for (int i = 0; i < threads.Length; i++)
        {
            different += threads[i].IsCoherent && (i >= read.Length || threads[i].StackHash != read[i].StackHash) ? 1 : 0;
        }

        if (different > 0)
        {
            log.Warning(string.Create(CultureInfo.InvariantCulture, $"Process {process.ProcessId}: the core has other stacks than the process had of {different} of {threads.Length} threads, which have gone on since."));
        }

        return [.. found];
    }

    private static SavedTask[] Differences(IReadOnlyList<PyTask> tasks, PyTask[] again)
    {
        Dictionary<string, PyTask> read = [];
        foreach (PyTask task in again)
        {
            read[task.Id] = task;
        }

        List<SavedTask> different = [];
        foreach (PyTask task in tasks)
        {
            if (!read.TryGetValue(task.Id, out PyTask? other) || other.IsCoherent != task.IsCoherent || !SavedNote.AreEqual(other.Wait, task.Wait))
            {
                different.Add(new SavedTask(task.Id, task.Wait, task.IsCoherent));
            }
        }

        return [.. different];
    }
}
