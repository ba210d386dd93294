using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Tasks;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>The asyncio of all interpreters of a process.</summary>
internal sealed class ProcessTasks(ITarget target, IReadOnlyList<PythonRuntime> runtimes, IMemorySource memory, Limits limits)
{
    private readonly IReadOnlyList<AsyncioDebugOffsets> _offsets = AsyncioDebugOffsets.ReadAll(target, runtimes, limits);
    private readonly Dictionary<ulong, (AsyncioProbe Probe, KnownTasks Known, bool HasField, List<ulong> Dicts)> _interpreters = new(AddressHash.Comparer);

    public IReadOnlyList<PythonRuntime> Runtimes => runtimes;

    /// <summary>What the modules <c>_asyncio</c> of the process say of their structs.</summary>
    public IReadOnlyList<AsyncioDebugOffsets> Offsets => _offsets;

    /// <summary>Whether an interpreter with asyncio was found.</summary>
    public bool HasAsyncio => _interpreters.Count > 0;

    public TaskNumbers Numbers { get; } = new();

    /// <summary>What finds the tasks of a thread's samples; null as long as its interpreter has no asyncio.</summary>
    public TaskSampler? For(in RawThread thread, in RawInterpreter interpreter, ThreadSampler sampler)
    {
        PythonRuntime runtime = runtimes[thread.Runtime];
        if (runtime.Layout.Asyncio is null)
        {
            return null;
        }

        if (!_interpreters.TryGetValue(interpreter.Address, out var own))
        {
            AsyncioProbe probe = new(runtime, thread.Runtime, interpreter, memory, _offsets, Numbers, limits);
            if (!probe.TryOpen(out bool hasField, out List<ulong> dicts))
            {
                return null;
            }

            own = (probe, new KnownTasks(), hasField, dicts);
            _interpreters.Add(interpreter.Address, own);
        }

        ulong field = own.HasField ? thread.Address + (ulong)own.Probe.Layout!.ThreadTask!.Value : 0;
        return new TaskSampler(sampler, own.Probe, new RunningTaskWords(runtime.Layout, memory, field, own.Dicts), own.Known);
    }
}
