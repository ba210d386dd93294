using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The readers of all kinds of waits in Python's standard library, by file and function.</summary>
internal static class ReasonReaders
{
    private static readonly Dictionary<string, List<(string File, IReasonReader Reader)>> ByFunction = Index(
        new ConditionWaits(), new EventWaits(), new SemaphoreWaits(), new BarrierWaits(), new JoinWaits(), new QueueWaits(), new FutureWaits(), new ImportWaits(), new SubprocessWaits(),
        new MultiprocessingWaits(), new LoggingWaits(), new AsyncioWaits());

    /// <summary>What the readers of a frame's function say.</summary>
    /// <param name="reason">Null where none of them fits.</param>
    /// <returns>False if there is no reader of this function: what is further out says nothing about the wait.</returns>
    public static bool TryRead(PythonWait wait, int index, out WaitReason? reason)
    {
        bool isKnown = false;
        reason = null;
        if (ByFunction.TryGetValue(wait.Stack[index].Code.Name, out List<(string File, IReasonReader Reader)>? readers))
        {
            foreach ((string file, IReasonReader reader) in readers)
            {
                if (wait.Stack.FileOf(index).SequenceEqual(file))
                {
                    isKnown = true;
                    reason ??= reader.Read(wait, index);
                }
            }
        }

        return isKnown;
    }

    private static Dictionary<string, List<(string File, IReasonReader Reader)>> Index(params ReadOnlySpan<IReasonReader> readers)
    {
        Dictionary<string, List<(string File, IReasonReader Reader)>> index = new(StringComparer.Ordinal);
        foreach (IReasonReader reader in readers)
        {
            foreach ((string file, string function) in reader.Functions)
            {
                if (!index.TryGetValue(function, out List<(string File, IReasonReader Reader)>? known))
                {
                    index.Add(function, known = []);
                }

                known.Add((file, reader));
            }
        }

        return index;
    }
}
