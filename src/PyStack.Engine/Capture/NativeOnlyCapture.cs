using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>Takes the native stacks alone, of a process whose interpreter has ended or cannot be read.</summary>
internal sealed class NativeOnlyCapture(LiveProcess process, StackOptions options) : ICaptureSource, IPauseWork
{
    private readonly StackCopier _stacks = new(process.ProcessId, process.Processor.Registers, options.Limits);
    private readonly List<int> _threadIds = new(64);
    private readonly ThreadFactsReader _factsReader = new(process.ProcessId);
    private readonly Dictionary<int, ThreadFacts> _facts = [];

    public CaptureMode Mode => options.NoBlock ? CaptureMode.Running : CaptureMode.Stopped;

    public bool CanRetry => true;

    public PauseReport? LastPause { get; private set; }

    public PageSnapshot? IdlePages => null;

    /// <exception cref="EngineException">The process cannot be stopped.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        if (options.NoBlock)
        {
            NonBlockingNative native = new(process, options.Limits);
            DateTime startedAt = DateTime.UtcNow;
            native.Begin();
            return Captured([], startedAt, TimeSpan.Zero, native.Finish(new Dictionary<int, RunCount?>(), cancellation));
        }

        process.RefreshMap(options.Limits);
        int threads = process.Facts.CountThreads();
        _stacks.Prepare(process.Map, threads, process.Memory);
        _facts.Clear();
        _factsReader.ReadAll(process.Threads.ListIds(), _facts);
        _threadIds.Clear();
        _threadIds.EnsureCapacity((threads * 2) + 64);
        PauseReport report = process.RunStopped(this, readsRegisters: true, cancellation);
        LastPause = report;
        return Captured([.. _threadIds], report.StartedAt, report.Length, CopiedThreads.From(_stacks, report)) with
        {
            StoppedThreads = report.Threads,
            FactsBefore = _facts,
        };
    }

    /// <summary>The work inside the pause.</summary>
    public void Run(in StoppedThreads threads)
    {
        for (int i = 0; i < threads.Count; i++)
        {
            _threadIds.Add(threads.ThreadIdAt(i));
        }

        _stacks.Copy(threads, process.Memory);
    }

    public void Dispose() => _stacks.Dispose();

    private static CapturedProcess Captured(int[] threadIds, DateTime startedAt, TimeSpan pause, List<NativeThread> threads)
        => new([], threadIds, new Dictionary<ulong, int>(), startedAt, pause, IsFinalizing: false, IsTruncated: false) { NativeThreads = threads };
}
