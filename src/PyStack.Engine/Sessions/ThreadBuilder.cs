using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Python.LineTables;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>Makes the public objects: gives each thread state its OS thread, its name, its source lines and its status.</summary>
internal sealed class ThreadBuilder
{
    private readonly ITarget _target;
    private readonly PythonRuntime _runtime;
    private readonly CapturedProcess _captured;
    private readonly ThreadDirectory _directory;
    private readonly ThreadIdentifier _identifier;
    private readonly SourceLines _source;
    private readonly StackHash _hash = new();

    public ThreadBuilder(ITarget target, PythonRuntime runtime, CapturedProcess captured, Limits limits, IEngineLog log)
    {
        _target = target;
        _runtime = runtime;
        _captured = captured;
        _directory = new ThreadDirectory(target.ProcessId, target.HasMainThread);
        _identifier = new ThreadIdentifier(target, runtime, captured, _directory);
        _source = new SourceLines(target, limits, log);
    }

    /// <summary>All threads, the main interpreter's first, within an interpreter the oldest first.</summary>
    public PyThread[] Build(CancellationToken cancellation)
    {
        List<CapturedThread> ordered = InOrder();
        List<PyThread> threads = new(ordered.Count);
        HashSet<int> withFrames = [];
        foreach (CapturedThread thread in ordered)
        {
            cancellation.ThrowIfCancellationRequested();
            PyThread built = Build(thread);
            threads.Add(built);
            if (built.Frames.Length > 0)
            {
                withFrames.Add(built.ThreadId);
            }
        }

        // To 3.11 a new state carries its parent's ids until its own thread runs, and an interpreter keeps the state that it was made
        // with though nobody is in it: a state without frames is no thread of its own where the OS thread has frames elsewhere.
        threads.RemoveAll(thread => thread.Frames.Length == 0 && thread.ThreadId > 0 && withFrames.Contains(thread.ThreadId));
        return Group(threads);
    }

    // A thread that is in several interpreters has its parts one behind the other, the outer interpreter first: which one that is
    // only native frames tell, but the main interpreter is outside of all that it makes.
    private static PyThread[] Group(List<PyThread> threads)
    {
        HashSet<long> interpreters = [];
        Dictionary<int, List<PyThread>> byThread = [];
        List<List<PyThread>> groups = [];
        foreach (PyThread thread in threads)
        {
            interpreters.Add(thread.InterpreterId);
            if (thread.ThreadId == 0 || !byThread.TryGetValue(thread.ThreadId, out List<PyThread>? group))
            {
                groups.Add(group = []);
                byThread.TryAdd(thread.ThreadId, group);
            }

            group.Add(thread);
        }

        if (interpreters.Count <= 1)
        {
            return [.. threads];
        }

        List<PyThread> ordered = new(threads.Count);
        foreach (List<PyThread> group in groups)
        {
            for (int part = 0; part < group.Count; part++)
            {
                group[part].InterpreterCount = interpreters.Count;
                group[part].Part = part;
                ordered.Add(group[part]);
            }
        }

        return [.. ordered];
    }

    // The runtime's lists begin with the newest; interpreters are numbered as they are made.
    private List<CapturedThread> InOrder()
    {
        SortedDictionary<long, List<CapturedThread>> byInterpreter = [];
        for (int i = _captured.Threads.Count - 1; i >= 0; i--)
        {
            CapturedThread thread = _captured.Threads[i];
            if (!byInterpreter.TryGetValue(thread.InterpreterId, out List<CapturedThread>? group))
            {
                byInterpreter.Add(thread.InterpreterId, group = []);
            }

            group.Add(thread);
        }

        List<CapturedThread> sorted = new(_captured.Threads.Count);
        foreach (List<CapturedThread> group in byInterpreter.Values)
        {
            sorted.AddRange(group);
        }

        return sorted;
    }

    private PyThread Build(CapturedThread thread)
    {
        int threadId = _identifier.Find(thread, out ThreadLife life);
        string? name = threadId > 0 ? _directory.NameOf(threadId) : null;
        if (threadId > 0 && name is null && _captured.Pause == TimeSpan.Zero)
        {
            // It was read while it ran, and has ended by now.
            life = ThreadLife.Ended;
            threadId = 0;
        }

        if (life == ThreadLife.NotStarted)
        {
            thread.Warnings.Add("The thread had not begun to run: it had no OS thread yet.");
        }
        else if (life == ThreadLife.Unknown)
        {
            thread.Warnings.Add($"The OS thread of the Python thread 0x{thread.PthreadId:x} could not be found.");
        }

        PyFrame[] frames = new PyFrame[thread.Frames.Count];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = Build(thread.Frames[i], i, threadId, name, thread.InterpreterId);
        }

        bool isTerminated = life == ThreadLife.Ended;
        return new PyThread
        {
            ProcessId = _target.ProcessId,
            ProcessName = _target.Name,
            ThreadId = threadId,
            Name = name,
            InterpreterId = thread.InterpreterId,
            PythonVersion = _runtime.Version.ToString(),
            Gil = thread.Gil,
            IsCollectingGarbage = thread.IsCollectingGarbage,
            IsTerminated = isTerminated,
            Status = ThreadStatus.Describe(isTerminated, thread.Gil, thread.IsCollectingGarbage),
            Frames = frames,
            StackHash = _hash.Of(frames),
            CapturedAt = _captured.CapturedAt.ToLocalTime(),
            Pause = _captured.Pause,
            IsCoherent = thread.IsCoherent,
            Warnings = [.. thread.Warnings],
        };
    }

    private PyFrame Build(in PythonFrame frame, int index, int threadId, string? threadName, long interpreterId)
    {
        CodeObject code = frame.Code;
        SourcePosition position = frame.Position;
        (string? sourceLine, bool isNewer) = _source.Find(code.FileName, position.Line);
        return new PyFrame
        {
            ProcessId = _target.ProcessId,
            ThreadId = threadId,
            ThreadName = threadName,
            InterpreterId = interpreterId,
            Index = index,
            Kind = PyFrameKind.Python,
            Function = code.Name,
            QualifiedName = code.QualifiedName,
            File = code.FileName,
            Line = position.Line,
            EndLine = position.EndLine,
            Column = position.Column,
            EndColumn = position.EndColumn,
            SourceLine = sourceLine,
            IsSourceNewer = isNewer,
        };
    }
}
