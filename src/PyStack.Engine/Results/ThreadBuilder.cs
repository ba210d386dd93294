using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Native;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>Makes the public objects, whole: nothing of them is changed later.</summary>
/// <param name="runtimes">Empty where there is no Python any more and native frames of all threads are requested.</param>
/// <param name="origin">What all threads of the target have in common.</param>
/// <param name="source">The target's source lines.</param>
internal sealed class ThreadBuilder(
    ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, ThreadOrigin origin, SourceLines source, StackOptions options)
{
    private readonly string[] _versions = VersionsOf(runtimes);
    private readonly DateTime _capturedAt = captured.CapturedAt.ToLocalTime();
    private readonly StackHash _hash = new();

    /// <summary>Makes the frames of some rows, which need nothing that is read after the capture.</summary>
    public BuiltStack[] BuildStacks(List<ThreadRow> rows, CancellationToken cancellation)
    {
        BuiltStack[] stacks = new BuiltStack[rows.Count];
        for (int i = 0; i < stacks.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            stacks[i] = rows[i].State is CapturedThread state ? BuildStack(rows[i], state) : BuildStack(rows[i], rows[i].Native!);
        }

        return stacks;
    }

    /// <summary>The threads of some rows, in their order.</summary>
    /// <param name="stacks">From <see cref="BuildStacks"/>.</param>
    /// <param name="python">What the interpreters know of their threads.</param>
    public PyThread[] Build(List<ThreadRow> rows, BuiltStack[] stacks, PythonThreadFacts python, CancellationToken cancellation)
    {
        PyThread[] threads = new PyThread[rows.Count];
        for (int i = 0; i < threads.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            threads[i] = rows[i].State is CapturedThread state ? Build(rows[i], state, stacks[i], python) : BuildUnknown(rows[i], stacks[i]);
        }

        return threads;
    }

    private static string[] VersionsOf(IReadOnlyList<PythonRuntime> runtimes)
    {
        string[] versions = new string[runtimes.Count];
        for (int i = 0; i < versions.Length; i++)
        {
            versions[i] = runtimes[i].Version.ToString();
        }

        return versions;
    }

    private BuiltStack BuildStack(ThreadRow row, CapturedThread state)
    {
        PyGilState gil = state.Gil;
        bool? isCollecting = state.IsCollectingGarbage;
        // Without a frame, and without knowing that there was none, nothing can be merged.
        bool isCoherent = state.IsCoherent && (state.Frames.Count > 0 || state.IsOuterEndKnown);
        if (row.Merged is MergedThread merged)
        {
            gil = NativeStackHints.Gil(gil, merged.Own);
            isCollecting = NativeStackHints.IsCollecting(isCollecting, state.IsInterpreterCollecting, merged.Own);
            isCoherent &= merged.Native.IsCoherent;
            if (merged.Failure is string failure)
            {
                state.Warnings.Add($"Unable to merge native and Python frames: {failure}. The Python frames come first, then the native ones.");
            }

            if (options.NoBlock && !merged.Native.IsCoherent)
            {
                state.Warnings.Add("The thread ran: its native frames are not from the same moment as its Python frames. Run without -NoBlock to get both from one moment.");
            }

            NativeStackHints.Warn(merged.Native, state.Warnings);
        }
        else if (options.Native != NativeMode.None && row.ThreadId > 0)
        {
            state.Warnings.Add("The native frames of the thread could not be read: "
                + (options.NoBlock ? "it neither waited in the kernel nor could be sampled. Run without -NoBlock to get them." : "it could not be stopped."));
        }

        FrameBuilder builder = new(new FrameOrigin(target.ProcessId, target.Name, row.ThreadId, row.Name, state.InterpreterId, gil, _capturedAt), source);
        PyFrame[] frames = row.Merged is null ? builder.Build(state.Frames) : builder.Build(row.Merged.Frames);
        return new BuiltStack(frames, Finish(frames, state.Warnings), gil, isCollecting, isCoherent, state.Warnings);
    }

    private PyThread Build(ThreadRow row, CapturedThread state, in BuiltStack stack, PythonThreadFacts python)
    {
        string? exception = python.ExceptionOf(state);
        (double? unchanged, bool? isStuck) = Unchanged(row);
        return new PyThread
        {
            ProcessId = target.ProcessId,
            ProcessName = target.Name,
            ThreadId = row.ThreadId,
            Name = row.Name,
            PythonName = python.NameOf(state),
            Source = origin.Source,
            Path = origin.Path,
            Program = origin.Program,
            CoreSummary = origin.CoreSummary,
            InterpreterId = state.InterpreterId,
            InterpreterCount = row.InterpreterCount,
            Part = row.Part,
            RuntimeIndex = state.Runtime,
            RuntimeCount = runtimes.Count,
            PythonVersion = _versions[state.Runtime],
            Gil = stack.Gil,
            IsCollectingGarbage = stack.IsCollectingGarbage,
            IsTerminated = row.IsTerminated,
            State = row.Facts.State,
            CpuTime = row.Facts.CpuTime,
            Exception = exception,
            IsMerged = row.Merged is null ? null : row.Merged.Failure is null,
            Status = ThreadStatus.Describe(row.IsTerminated, stack.Gil, stack.IsCollectingGarbage),
            Frames = stack.Frames,
            Wait = row.Wait,
            UnchangedSeconds = unchanged,
            IsStuck = isStuck,
            StackHash = stack.Hash,
            CapturedAt = _capturedAt,
            Pause = captured.Pause,
            StoppedThreads = captured.StoppedThreads,
            IsCoherent = stack.IsCoherent,
            Warnings = [.. state.Warnings],
        };
    }

    private BuiltStack BuildStack(ThreadRow row, NativeStack native)
    {
        List<string> warnings = [];
        NativeStackHints.Warn(native, warnings);
        FrameOrigin common = new(target.ProcessId, target.Name, row.ThreadId, row.Name, ThreadRow.NoInterpreter, PyGilState.NotHeld, _capturedAt);
        PyFrame[] frames = new FrameBuilder(common, source).Build(native);
        bool isCoherent = native.Moment is NativeMoment.SameAsPython or NativeMoment.Other;
        return new BuiltStack(frames, Finish(frames, warnings), PyGilState.NotHeld, IsCollectingGarbage: false, isCoherent, warnings);
    }

    private PyThread BuildUnknown(ThreadRow row, in BuiltStack stack)
    {
        (double? unchanged, bool? isStuck) = Unchanged(row);
        return new PyThread
        {
            ProcessId = target.ProcessId,
            ProcessName = target.Name,
            ThreadId = row.ThreadId,
            Name = row.Name,
            Source = origin.Source,
            Path = origin.Path,
            CoreSummary = origin.CoreSummary,
            Program = origin.Program,
            InterpreterId = ThreadRow.NoInterpreter,
            InterpreterCount = row.InterpreterCount,
            Part = row.Part,
            RuntimeCount = runtimes.Count,
            PythonVersion = _versions.Length > 0 ? _versions[0] : "",
            Gil = stack.Gil,
            IsCollectingGarbage = stack.IsCollectingGarbage,
            State = row.Facts.State,
            CpuTime = row.Facts.CpuTime,
            Frames = stack.Frames,
            Wait = row.Wait,
            UnchangedSeconds = unchanged,
            IsStuck = isStuck,
            StackHash = stack.Hash,
            CapturedAt = _capturedAt,
            Pause = captured.Pause,
            StoppedThreads = captured.StoppedThreads,
            IsCoherent = stack.IsCoherent,
            Warnings = [.. stack.Warnings],
        };
    }

    private (double? Seconds, bool? IsStuck) Unchanged(ThreadRow row)
        => options.Series?.Note(row.ThreadId, row.State, row.Facts, row.Wait?.Kind == PyWaitKind.Gil || row.State?.Gil == PyGilState.Waiting) ?? (null, null);

    private string Finish(PyFrame[] frames, List<string> warnings)
    {
        FileRemarks.Warn(frames, FileBudget.Current.Troubles, source.TakeShortage(), warnings);
        string hash = _hash.Of(frames);
        foreach (PyFrame frame in frames)
        {
            frame.StackHash = hash;
        }

        return hash;
    }
}

/// <summary>What all threads of a target have in common.</summary>
/// <param name="Path">The core file; null for a running process.</param>
/// <param name="CoreSummary">What the core says about the process, as lines; empty for a running process.</param>
/// <param name="Program">Of a running process, what tells it from others that have its id.</param>
internal sealed record ThreadOrigin(PySource Source, string? Path, PyTextList CoreSummary, ProgramIdentity? Program = null);

/// <summary>The frames of a row, and what comes from them.</summary>
internal readonly record struct BuiltStack(PyFrame[] Frames, string Hash, PyGilState Gil, bool? IsCollectingGarbage, bool IsCoherent, List<string> Warnings);
