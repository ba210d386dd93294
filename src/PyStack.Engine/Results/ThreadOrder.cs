using System.Collections.Generic;
using PyStack.Engine.Capture;

namespace PyStack.Engine.Results;

/// <summary>The order in which threads are shown.</summary>
internal static class ThreadOrder
{
    /// <summary>The runtime's lists begin with the newest; interpreters are numbered as they are made. One CPython comes after the other.</summary>
    public static List<CapturedThread> OldestFirst(List<CapturedThread> threads)
    {
        // Interpreters are few, nearly always one; the table only finds the group of a thread.
        Dictionary<(int Runtime, long Id), List<CapturedThread>> byInterpreter = [];
        List<List<CapturedThread>> groups = [];
        for (int i = threads.Count - 1; i >= 0; i--)
        {
            CapturedThread thread = threads[i];
            if (!byInterpreter.TryGetValue((thread.Runtime, thread.InterpreterId), out List<CapturedThread>? group))
            {
                byInterpreter.Add((thread.Runtime, thread.InterpreterId), group = []);
                groups.Add(group);
            }

            group.Add(thread);
        }

        groups.Sort(static (left, right) => left[0].Runtime.CompareTo(right[0].Runtime) is not 0 and int byRuntime
            ? byRuntime : left[0].InterpreterId.CompareTo(right[0].InterpreterId));
        List<CapturedThread> sorted = new(threads.Count);
        foreach (List<CapturedThread> group in groups)
        {
            sorted.AddRange(group);
        }

        return sorted;
    }

    /// <summary>
    /// A thread that is in several interpreters has its parts one after the other, the outer interpreter first: native frames show which
    /// that is, and without them the main interpreter is outside all interpreters that it makes.
    /// </summary>
    public static List<ThreadRow> PartsTogether(List<ThreadRow> rows)
    {
        HashSet<(int Runtime, long Id)> interpreters = [];
        foreach (ThreadRow row in rows)
        {
            if (row.InterpreterId >= 0)
            {
                interpreters.Add((row.Runtime, row.InterpreterId));
            }
        }

        if (interpreters.Count <= 1)
        {
            return rows;
        }

        Dictionary<int, List<ThreadRow>> byThread = [];
        List<List<ThreadRow>> groups = [];
        foreach (ThreadRow row in rows)
        {
            if (row.ThreadId == 0 || !byThread.TryGetValue(row.ThreadId, out List<ThreadRow>? group))
            {
                groups.Add(group = []);
                byThread.TryAdd(row.ThreadId, group);
            }

            group.Add(row);
        }

        List<ThreadRow> ordered = new(rows.Count);
        foreach (List<ThreadRow> group in groups)
        {
            if (group.Count > 1)
            {
                group.Sort((left, right) => left.Part.CompareTo(right.Part));
            }

            for (int part = 0; part < group.Count; part++)
            {
                group[part].InterpreterCount = interpreters.Count;
                group[part].Part = part;
                ordered.Add(group[part]);
            }
        }

        return ordered;
    }
}
