using System;
using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The readers of what tasks wait for, by file and function.</summary>
internal static class TaskWaitReaders
{
    private static readonly ITaskWaitReader[] All =
    [
        new SleepReader(),
        new AsyncLockReader(), new AsyncSemaphoreReader(), new AsyncEventReader(), new AsyncConditionReader(), new AsyncBarrierReader(), new AsyncQueueReader(),
        new WaitFunctionsReader(), new TaskGroupReader(), new AsCompletedReader(),
        new StreamReaders(), new SocketReader(), new ServerReader(), new AsyncSubprocessReader(), new AsyncExecutorReader(),
        new TrioTrapReader(), new TrioSleepReader(), new TrioLockReader(), new TrioChannelReader(), new TrioIoReader(), new TrioThreadReader(), new TrioProcessReader(), new TrioNurseryReader(),
        new AnyioLockReader(), new AnyioStreamReader(), new AnyioThreadReader(), new AnyioGroupReader(),
        new GeventReader(),
        new EventletReader(),
    ];

    private static readonly Dictionary<string, List<(string File, ITaskWaitReader Reader)>> ByFunction = Index();

    /// <summary>Finds the readers of a frame's function; none if what is suspended inside of it has no reason of its own.</summary>
    public static IEnumerable<ITaskWaitReader> Of(PythonStack stack, int index)
    {
        if (ByFunction.TryGetValue(stack[index].Code.Name, out List<(string File, ITaskWaitReader Reader)>? readers))
        {
            foreach ((string file, ITaskWaitReader reader) in readers)
            {
                if (stack.FileOf(index).SequenceEqual(file))
                {
                    yield return reader;
                }
            }
        }
    }

    private static Dictionary<string, List<(string File, ITaskWaitReader Reader)>> Index()
    {
        Dictionary<string, List<(string File, ITaskWaitReader Reader)>> index = new(StringComparer.Ordinal);
        foreach (ITaskWaitReader reader in All)
        {
            foreach ((string file, string function) in reader.Functions)
            {
                if (!index.TryGetValue(function, out List<(string File, ITaskWaitReader Reader)>? known))
                {
                    index.Add(function, known = []);
                }

                known.Add((file, reader));
            }
        }

        return index;
    }
}
