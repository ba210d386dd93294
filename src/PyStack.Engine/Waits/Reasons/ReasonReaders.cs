using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The readers of all kinds of waits in Python's standard library, by file and function.</summary>
internal static class ReasonReaders
{
    private static readonly Dictionary<string, List<(string File, IReasonReader[] Readers)>> ByFunction = Index(
        new ConditionReader(), new EventReader(), new SemaphoreReader(), new BarrierReader(), new JoinReader(), new ShutdownReader(), new TimerReader(), new QueueReader(),
        new FutureReader(), new FuturesReader(), new ExecutorReader(),
        new ImportReader(), new SubprocessReader(), new LoggingReader(), new AsyncioReader(), new TrioReader(),
        new SharedLockReader(), new SharedQueueReader(), new WorkerReader(), new ProcessReader(), new PoolReader(), new ManagerReader());

    /// <summary>Finds the readers of a frame's function; none if waits inside of it have no reason of their own.</summary>
    public static ReadOnlySpan<IReasonReader> Of(PythonStack stack, int index)
    {
        if (ByFunction.TryGetValue(stack[index].Code.Name, out List<(string File, IReasonReader[] Readers)>? files))
        {
            foreach ((string file, IReasonReader[] readers) in files)
            {
                if (stack.FileOf(index).SequenceEqual(file))
                {
                    return readers;
                }
            }
        }

        return [];
    }

    private static Dictionary<string, List<(string File, IReasonReader[] Readers)>> Index(params ReadOnlySpan<IReasonReader> readers)
    {
        Dictionary<string, List<(string File, IReasonReader[] Readers)>> index = new(StringComparer.Ordinal);
        foreach (IReasonReader reader in readers)
        {
            foreach ((string file, string function) in reader.Functions)
            {
                if (!index.TryGetValue(function, out List<(string File, IReasonReader[] Readers)>? files))
                {
                    index.Add(function, files = []);
                }

                int known = files.FindIndex(one => one.File == file);
                if (known < 0)
                {
                    files.Add((file, [reader]));
                }
                else
                {
                    files[known] = (file, [.. files[known].Readers, reader]);
                }
            }
        }

        return index;
    }
}
