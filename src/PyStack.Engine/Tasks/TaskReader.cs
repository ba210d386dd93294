using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;
using PyStack.Engine.Tasks.Waits;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks;

/// <summary>Reads the tasks of a process from the copy of a capture: finds them, walks and decodes their frames, and finds out what they wait for.</summary>
/// <param name="progress">Is told how far it is; null for nobody.</param>
internal sealed class TaskReader(TaskOptions options, ValueOptions? locals, Limits limits, TaskProgress? progress = null) : ICopyReader
{
    private IReadOnlyList<PythonRuntime> _runtimes = [];
    private readonly Dictionary<int, HeapObjects> _heaps = [];
    private List<CapturedTask> _rehearsed = [];
    private IReadOnlyList<AsyncioDebugOffsets> _asyncio = [];
    private bool _wasTruncated;
    private bool _isFull;
    private List<string> _oldRemarks = [];

    /// <summary>Is told how far the reading is.</summary>
    public TaskProgress Progress { get; } = progress ?? TaskProgress.Silent;

    /// <summary>Whether there were more tasks than <see cref="TaskOptions.MaxTasks"/>, or their lists could not be read to the end.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>What the last reading could not read and what that means, in plain words.</summary>
    public List<string> Remarks { get; private set; } = [];

    /// <summary>Whether another capture may do better: the last reading asked for memory that was not copied, since the target has changed since the rehearsal, or met a list that was being changed.</summary>
    public bool HasMissed { get; private set; }

    /// <summary>Sets the CPythons of the target, before its first capture.</summary>
    public void Use(IReadOnlyList<PythonRuntime> runtimes) => _runtimes = runtimes;

    /// <summary>The same with what only the files of the target say.</summary>
    public void Use(IReadOnlyList<PythonRuntime> runtimes, ITarget target)
    {
        _runtimes = runtimes;
        _asyncio = AsyncioDebugOffsets.ReadAll(target, runtimes, limits);
        if (target.Saved is not SavedFacts saved)
        {
            return;
        }

        for (int i = 0; i < runtimes.Count; i++)
        {
            _heaps[i] = new HeapObjects(runtimes[i], limits) { IsSaved = true };
        }

        foreach (SavedObjects? one in saved.Process.Objects ?? [])
        {
            if (one?.Kind is not null && _heaps.TryGetValue(one.Runtime, out HeapObjects? heap))
            {
                heap.Keep(one.Kind, one.Interpreter, one.Addresses ?? [], one.IsWhole);
            }
        }
    }

    /// <summary>The objects that the last reading has found by walks over all objects, for a core that has only these.</summary>
    public SavedObjects[] FoundObjects()
    {
        List<SavedObjects> found = [];
        foreach ((int runtime, HeapObjects heap) in _heaps)
        {
            foreach (((string kind, ulong interpreter), (List<ulong> objects, bool isWhole)) in heap.Known)
            {
                found.Add(new SavedObjects(runtime, kind, interpreter, [.. objects], isWhole));
            }
        }

        return [.. found];
    }

    /// <summary>What the modules <c>_asyncio</c> said of their structs, for the same.</summary>
    public SavedAsyncio[] FoundAsyncio()
    {
        List<SavedAsyncio> found = [];
        foreach (AsyncioDebugOffsets offsets in _asyncio)
        {
            found.Add(new SavedAsyncio(offsets.Range.Start, offsets.Range.End, offsets.Words));
        }

        return [.. found];
    }

    public void Rehearse(IMemorySource copy, RawCapture capture, CancellationToken cancellation)
    {
        _rehearsed = ReadAll(copy, capture, cancellation);
        _isFull = copy is PageSnapshot { IsFull: true };
        IsTruncated |= _isFull;
        _wasTruncated = IsTruncated;
        _oldRemarks = Remarks;
    }

    /// <summary>The tasks at the moment of a capture.</summary>
    public List<CapturedTask> Read(CapturedCopy copy, CancellationToken cancellation)
    {
        if (copy.IsAsRehearsed)
        {
            (IsTruncated, HasMissed, Remarks) = (_wasTruncated, false, _oldRemarks);
            return _rehearsed;
        }

        _rehearsed = [];
        List<CapturedTask> tasks = ReadAll(copy.Memory, copy.Walk, cancellation);
        // Of a large copy some pages are not of its moment: what they lead to is missed as well, and the tasks say it.
        // What a copy at its limit has no room for is not there the next time, either.
        // A set or list can be caught in the few microseconds in which it is rebuilt.
        bool isCutShort = IsTruncated && tasks.Count < options.MaxTasks;
        HasMissed = !_isFull && (isCutShort || copy.Memory is PageSnapshot { HasMissed: true, HasStale: false });
        IsTruncated |= _isFull;
        return tasks;
    }

    private List<CapturedTask> ReadAll(IMemorySource memory, RawCapture walk, CancellationToken cancellation)
    {
        List<CapturedTask> tasks = [];
        IsTruncated = false;
        Remarks = [];
        Dictionary<int, RuntimeTasks> readers = [];
        for (int i = 0; i < walk.Interpreters.Count; i++)
        {
            // An interpreter without threads has nothing to say which CPython it is of: it has no tasks that run, either.
            int runtime = RuntimeOf(walk, i);
            if (!readers.TryGetValue(runtime, out RuntimeTasks? reader))
            {
                if (!_heaps.TryGetValue(runtime, out HeapObjects? heap))
                {
                    _heaps.Add(runtime, heap = new HeapObjects(_runtimes[runtime], limits));
                }

                readers.Add(runtime, reader = new RuntimeTasks(_runtimes[runtime], runtime, options, locals, limits, Progress, memory, heap, _asyncio, cancellation));
            }

            IsTruncated |= !reader.Read(walk, i, tasks, Remarks);
        }

        return tasks;
    }

    private static int RuntimeOf(RawCapture walk, int interpreter)
    {
        foreach (RawThread thread in walk.Threads)
        {
            if (thread.Interpreter == interpreter)
            {
                return thread.Runtime;
            }
        }

        return 0;
    }

    /// <summary>One CPython's.</summary>
    private sealed class RuntimeTasks
    {
        private readonly int _index;
        private readonly TaskOptions _options;
        private readonly IReadOnlyList<AsyncioDebugOffsets> _asyncio;
        private readonly TaskProgress _progress;
        private readonly CancellationToken _cancellation;
        private readonly PythonReader _python;
        private readonly FrameWalker _walker;
        private readonly StackDecoder _decoder;
        private readonly TaskWaits _waits;
        private readonly HeapObjects _heap;
        private readonly bool _hasLocals;
        private readonly PageSnapshot? _copy;
        private readonly RawCapture _frames = new();
        private readonly SharedFrames _shared = new();
        private readonly List<PythonFrame> _decoded = [];

        public RuntimeTasks(
            PythonRuntime runtime, int index, TaskOptions options, ValueOptions? locals, Limits limits, TaskProgress progress, IMemorySource memory, HeapObjects heap,
            IReadOnlyList<AsyncioDebugOffsets> asyncio, CancellationToken cancellation)
        {
            (_index, _options, _heap, _progress, _asyncio, _cancellation) = (index, options, heap, progress, asyncio, cancellation);
            _python = new PythonReader(runtime, memory, limits, cancellation);
            _walker = new FrameWalker(runtime.Layout, limits) { Unwrap = new WrappedCoroutines(_python).Unwrap };
            _hasLocals = locals is not null;
            _copy = memory as PageSnapshot;
            FrameVariables? variables = locals is null ? null : new FrameVariables(runtime.Layout, locals, limits);
            _decoder = new StackDecoder(memory, runtime.Layout, limits, variables, runtime.Codes, cancellation);
            _waits = new TaskWaits(_python);
        }

        // False if not all could be found.
        public bool Read(RawCapture walk, int interpreter, List<CapturedTask> tasks, List<string> remarks)
        {
            List<RawTask> found = [];
            _python.Objects.PlacesLeft = TaskSearch.MaxPlaces;
            TaskSearch search = new(_python, _heap, walk, _index, interpreter, _options, found, _progress, _cancellation) { AsyncioOffsets = _asyncio };
            foreach (ITaskFramework framework in TaskFrameworks.All)
            {
                if (_options.Finds(framework.Kind))
                {
                    framework.Find(search);
                }
            }

            remarks.AddRange(search.Remarks.FindAll(one => !remarks.Contains(one)));
            bool isWhole = search.HasRoom && !search.IsTruncated && _python.Objects.PlacesLeft >= 0;
            _waits.Begin(found, () => Threads(walk, interpreter));
            found.RemoveAll(task => !_options.Kinds.Contains(task.Kind));
            int first = tasks.Count;
            foreach (RawTask task in found)
            {
                _cancellation.ThrowIfCancellationRequested();
                _copy?.ForgetTouches();
                tasks.Add(Read(task, walk.Interpreters[interpreter]));
                _progress.Report("frames", tasks.Count - first, found.Count);
            }

            _waits.Finish(tasks, first);
            return isWhole;
        }

        private List<ThreadStack> Threads(RawCapture walk, int interpreter)
        {
            List<ThreadStack> stacks = [];
            foreach (RawThread thread in walk.Threads)
            {
                if (thread.Interpreter == interpreter && thread.Runtime == _index)
                {
                    stacks.Add(new ThreadStack(thread.Address, new PythonStack(0, null, _decoder.Decode(walk, thread, [], out _), _python)));
                }
            }

            return stacks;
        }

        private CapturedTask Read(RawTask task, in RawInterpreter interpreter)
        {
            int steps = _frames.Steps;
            _frames.Clear();
            _frames.Steps = steps;
            RawStack stack = default;
            _decoded.Clear();
            ChainEnd end = ChainEnd.Complete;
            if (task.Root is StackRoot root)
            {
                SavedStack saved = task.Saved;
                IMemorySource memory = saved.Length == 0 ? _python.Memory : new MovedBytes(_python.Memory, saved.Start, saved.Length, saved.Copy);
                stack = _walker.Walk(memory, root, _frames);
                _decoder.DecodeRoot(_frames, stack, _decoded, task.Warnings, out end);
            }

            // A frame says of itself neither that it waits nor that it runs.
            if (!stack.Root.IsGenerator && task.State == PyTaskState.Waiting)
            {
                stack = stack with { State = GeneratorState.Suspended };
            }

            TaskWait? wait = _waits.Find(task, stack, _decoded) is TaskWait found ? found.Over(task.Wait) : task.Wait;
            bool isOwn = _hasLocals || stack.State == GeneratorState.Running || task.State == PyTaskState.Running;
            return new CapturedTask(task, isOwn ? [.. _decoded] : _shared.Of(_decoded), stack, wait)
            {
                Runtime = _index,
                Interpreter = interpreter.Address,
                InterpreterId = interpreter.Id,
                IsWhole = task.IsWhole && end is ChainEnd.Complete or ChainEnd.Limit && _copy?.HasTouchedStale is not true,
            };
        }
    }
}
