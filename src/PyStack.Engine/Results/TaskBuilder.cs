using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;
using PyStack.Engine.Tasks;
using PyStack.Engine.Waits;

namespace PyStack.Engine.Results;

/// <summary>Makes the public objects of tasks, whole: nothing of them is changed later.</summary>
/// <param name="rows">The threads of the same capture.</param>
/// <param name="budget">How long to look at what they wait for outside of memory.</param>
internal sealed class TaskBuilder(
    ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, ThreadOrigin origin, SourceLines source, List<ThreadRow> rows, WaitBudget budget)
{
    private readonly Dictionary<ulong, ThreadRow> _threads = ByState(rows);
    private readonly TaskWaitBuilder _waits = new(target, budget, ByState(rows));
    private readonly Dictionary<(List<PythonFrame> Frames, ThreadRow? Row, long Interpreter), (PyFrameList Frames, string Hash)> _built = [];
    private readonly TaskIds _ids = new();
    private readonly string[] _versions = [.. runtimes.Select(runtime => runtime.Version.ToString())];
    private readonly DateTime _capturedAt = captured.CapturedAt.ToLocalTime();
    private readonly StackHash _hash = new();

    /// <summary>All tasks, in the order of their tree.</summary>
    public PyTask[] Build(List<CapturedTask> tasks, TaskProgress progress, CancellationToken cancellation)
    {
        List<PyTask> built = new(tasks.Count);
        _waits.Prepare(tasks);
        foreach (TaskPlace place in new TaskTree(tasks).InOrder())
        {
            cancellation.ThrowIfCancellationRequested();
            built.Add(Build(place));
            progress.Report("objects", built.Count, tasks.Count);
        }

        return [.. built];
    }

    private static Dictionary<ulong, ThreadRow> ByState(List<ThreadRow> rows)
    {
        Dictionary<ulong, ThreadRow> threads = new(AddressHash.Comparer);
        foreach (ThreadRow row in rows)
        {
            if (row.State is CapturedThread state)
            {
                threads[state.Address] = row;
            }
        }

        return threads;
    }

    private PyTask Build(in TaskPlace place)
    {
        CapturedTask task = place.Task;
        RawTask raw = task.Raw;
        ThreadRow? row = _threads.GetValueOrDefault(raw.Thread);
        List<string> warnings = [.. raw.Warnings];
        PyTaskState state = StateOf(task);
        (PyFrameList frames, string hash) = state == PyTaskState.Running ? Join(task, ref row, warnings) : Shared(task.Frames, row, task.InterpreterId);
        PyWait? wait = state == PyTaskState.Running || task.Wait is not TaskWait waited ? null : _waits.Build(waited);
        SavedTask? saved = target.Saved?.TaskOf(_ids.Of(raw.Address));
        wait = saved is null ? wait : saved.Wait;
        return new PyTask
        {
            ProcessId = target.ProcessId,
            ProcessName = target.Name,
            ThreadId = row?.ThreadId ?? 0,
            ThreadName = row?.Name,
            InterpreterId = task.InterpreterId,
            PythonVersion = _versions[task.Runtime],
            Source = origin.Source,
            Path = origin.Path,
            Program = origin.Program,
            Kind = raw.Kind,
            TypeName = raw.TypeName,
            Id = _ids.Of(raw.Address),
            Name = raw.Name,
            State = state,
            Coroutine = raw.Coroutine ?? OutermostOf(task.Frames),
            Frames = frames,
            StackHash = hash,
            AwaitedBy = _ids.Of(raw.AwaitedBy),
            Awaits = wait is null || task.Wait is null ? null : AwaitsOf(task.Wait),
            Wait = wait,
            ParentId = place.Parent == 0 ? null : _ids.Of(place.Parent),
            Depth = place.Depth,
            Branch = place.Branch,
            Loop = raw.Loop == 0 ? null : _ids.Of(raw.Loop),
            CreatedAt = raw.CreatedAt is null ? null : BuildCreation(raw.CreatedAt, row, task.InterpreterId),
            CapturedAt = _capturedAt,
            PauseMilliseconds = captured.Pause.TotalMilliseconds,
            StoppedThreads = captured.StoppedThreads,
            IsCoherent = saved?.IsCoherent ?? IsCoherent(task, row),
            Warnings = warnings.Count == 0 ? PyTextList.None : [.. warnings],
        };
    }

    private bool IsCoherent(CapturedTask task, ThreadRow? row)
        => task.IsWhole && (captured.Copy?.Still is Predicate<ulong> isStill
            ? task.Raw.Thread != 0 && isStill(task.Raw.Thread)
            : row?.State is null || row.State.IsCoherent);

    private static PyTaskState StateOf(CapturedTask task) => task.Root.State switch
    {
        GeneratorState.Running => PyTaskState.Running,
        GeneratorState.NotStarted when task.Raw.State is PyTaskState.Ready or PyTaskState.Waiting => PyTaskState.NotStarted,
        _ when task.Raw.State != PyTaskState.Unknown => task.Raw.State,
        GeneratorState.NotStarted => PyTaskState.NotStarted,
        GeneratorState.Finished => PyTaskState.Done,
        GeneratorState.Suspended => task.Wait is not null || (task.Raw.Kind == PyTaskKind.Coroutine && task.Root.Awaits != 0) || (task.Raw.Awaits != 0 && task.Raw.Kind != PyTaskKind.Asyncio) ? PyTaskState.Waiting : PyTaskState.Ready,
        _ => PyTaskState.Unknown,
    };

    private static string? OutermostOf(List<PythonFrame> frames) => frames.Count == 0 ? null : frames[0].Code.QualifiedName ?? frames[0].Code.Name;

    private string? AwaitsOf(TaskWait wait)
        => wait.Tasks.Count == 1 ? _ids.Of(wait.Tasks[0])
            : wait.Tasks.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{wait.Tasks.Count} tasks")
            : wait.Holder != 0 ? _ids.Of(wait.Holder)
            : wait.Object;

    private (PyFrameList Frames, string Hash) Shared(List<PythonFrame> frames, ThreadRow? row, long interpreter)
    {
        if (!_built.TryGetValue((frames, row, interpreter), out (PyFrameList Frames, string Hash) built))
        {
            built = Build(frames, row, interpreter);
            _built.Add((frames, row, interpreter), built);
        }

        return built;
    }

    private (PyFrameList Frames, string Hash) Build(List<PythonFrame> decoded, ThreadRow? row, long interpreter)
    {
        FrameOrigin common = new(target.ProcessId, target.Name, row?.ThreadId ?? 0, row?.Name, interpreter, row?.State?.Gil ?? PyGilState.Unknown, _capturedAt);
        PyFrame[] frames = new FrameBuilder(common, source).Build(decoded);
        string hash = _hash.Of(frames);
        foreach (PyFrame frame in frames)
        {
            frame.StackHash = hash;
        }

        return (frames, hash);
    }

    // Whatever a task that runs has called is in its thread's stack only: the thread's frames from the task's outermost one on.
    private (PyFrameList Frames, string Hash) Join(CapturedTask task, ref ThreadRow? row, List<string> warnings)
    {
        ulong outermost = task.Frames.Count > 0 ? task.Frames[0].Address : 0;
        foreach (ThreadRow candidate in rows)
        {
            int start = candidate.State?.Frames.FindIndex(frame => frame.Address == outermost) ?? -1;
            if (start >= 0 && outermost != 0)
            {
                row = candidate;
                return Build(candidate.State!.Frames.GetRange(start, candidate.State.Frames.Count - start), row, task.InterpreterId);
            }
        }

        warnings.Add("The task ran, and its frame is in no thread's stack: what it called is not shown.");
        return Build(task.Frames, row, task.InterpreterId);
    }

    private PyFrameList BuildCreation(List<CreationFrame> lines, ThreadRow? row, long interpreter)
    {
        PyFrame[] frames = new PyFrame[lines.Count];
        for (int i = 0; i < frames.Length; i++)
        {
            (string? sourceLine, bool isNewer) = source.Find(lines[i].File, lines[i].Line);
            frames[i] = new PyFrame
            {
                ProcessId = target.ProcessId,
                ProcessName = target.Name,
                ThreadId = row?.ThreadId ?? 0,
                ThreadName = row?.Name,
                InterpreterId = interpreter,
                CapturedAt = _capturedAt,
                Index = i,
                Kind = PyFrameKind.Python,
                Function = lines[i].Function,
                File = lines[i].File,
                Line = lines[i].Line,
                SourceLine = sourceLine,
                IsSourceNewer = isNewer,
            };
        }

        string hash = _hash.Of(frames);
        foreach (PyFrame frame in frames)
        {
            frame.StackHash = hash;
        }

        return frames;
    }
}
