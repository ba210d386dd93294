using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Concurrency;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling;

/// <summary>The names that the program has given the threads that are sampled.</summary>
internal sealed class SampledNames(IReadOnlyList<PythonRuntime> runtimes, IMemorySource now, Limits limits)
{
    /// <summary>Names threads, from a copy of the memory; those that the program has not named keep the name that they have.</summary>
    public void Find(IMemorySource copy, IEnumerable<SampledThreadName> threads)
    {
        Dictionary<(int Runtime, ulong Interpreter), (ThreadNames Names, Dictionary<ulong, ulong> Objects)> known = [];
        foreach (SampledThreadName thread in threads)
        {
            if (!known.TryGetValue((thread.Runtime, thread.Interpreter), out (ThreadNames Names, Dictionary<ulong, ulong> Objects) found))
            {
                PythonRuntime runtime = runtimes[thread.Runtime];
                ObjectReader objects = new(runtime.Layout, limits);
                objects.Begin(copy, CancellationToken.None);
                ThreadNames names = new(objects, runtime.Threads, limits);
                found = (names, names.FindObjects(thread.Interpreter, now, out _));
                known.Add((thread.Runtime, thread.Interpreter), found);
            }

            if (found.Objects.TryGetValue(thread.PthreadId, out ulong named) && found.Names.NameOf(named, thread.PthreadId) is string name)
            {
                thread.Name = name;
            }
        }
    }
}
