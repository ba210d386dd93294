using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Tests.Python;

/// <summary>The pages that a capture of a process needs, and which bytes of them it looked at: to be decoded again without the process.</summary>
internal sealed class RecordedProcess
{
    private readonly Dictionary<ulong, byte[]> _pages = [];

    private RecordedProcess(PythonRuntime runtime) => Runtime = runtime;

    public PythonRuntime Runtime { get; }

    public IReadOnlyDictionary<ulong, byte[]> Pages => _pages;

    /// <summary>The ranges that were read, in the order of the first read: what is worth changing.</summary>
    public IReadOnlyList<AddressRange> Reads { get; private set; } = [];

    /// <summary>Records a process whose threads stand still.</summary>
    /// <param name="values">To record what variables need, too.</param>
    public static RecordedProcess Take(int processId, ValueOptions? values = null)
    {
        using LiveProcess process = LiveProcess.Open(processId, ProcessorCatalogue.OfObserver, Limits.Default);
        RecordedProcess recorded = new(new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate());
        Recorder recorder = new(process.Memory);
        Replay.Decode(recorder, recorded.Runtime, Limits.Default, values);
        using PageSnapshot snapshot = new(process.Memory, Limits.Default);
        foreach (AddressRange read in recorder.Reads)
        {
            snapshot.Prefetch(read.Start, (int)read.Length);
        }

        snapshot.ForEachPage((address, page) => recorded._pages.Add(address, page.ToArray()));
        recorded.Reads = recorder.Reads;
        return recorded;
    }

    private sealed class Recorder(IMemorySource source) : IMemorySource
    {
        private readonly HashSet<AddressRange> _seen = [];

        public List<AddressRange> Reads { get; } = [];

        public int Read(ulong address, Span<byte> destination)
        {
            int count = source.Read(address, destination);
            AddressRange range = new(address, address + (ulong)count);
            if (count > 0 && _seen.Add(range))
            {
                Reads.Add(range);
            }

            return count;
        }
    }
}
