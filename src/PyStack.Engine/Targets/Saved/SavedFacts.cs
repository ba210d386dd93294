using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Saved;

/// <summary>Finds in what a core says of its process.</summary>
internal sealed class SavedFacts
{
    private readonly Dictionary<int, SavedThread> _threads = [];
    private readonly Dictionary<ulong, SavedState> _states = new(AddressHash.Comparer);
    private readonly Dictionary<string, SavedTask> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SavedSource> _sources = new(StringComparer.Ordinal);

    public SavedFacts(SavedProcess process)
    {
        Process = process;
        AddAll(process.Threads, thread => _threads.TryAdd(thread.Id, thread));
        AddAll(process.States, state => _states.TryAdd(state.Address, state));
        AddAll(process.Tasks, task => task.Id is not null && _tasks.TryAdd(task.Id, task));
        AddAll(process.Sources, source => source.File is not null && _sources.TryAdd(source.File, source));
    }

    public SavedProcess Process { get; }

    public TimeSpan Pause => new(Math.Max(0, Process.PauseTicks));

    public SavedThread? ThreadOf(int threadId) => _threads.GetValueOrDefault(threadId);

    public SavedState? StateOf(ulong address) => _states.GetValueOrDefault(address);

    public SavedTask? TaskOf(string id) => _tasks.GetValueOrDefault(id);

    /// <summary>The text of a source line; false if it was not saved.</summary>
    public bool TryFindLine(string file, int line, out string text, out bool isNewer)
    {
        text = "";
        isNewer = false;
        if (!_sources.TryGetValue(file, out SavedSource? source)
            || Array.IndexOf(source.Lines ?? [], line) is var index && (index < 0 || index >= (source.Texts?.Length ?? 0)))
        {
            return false;
        }

        text = source.Texts![index] ?? "";
        isNewer = source.IsNewer;
        return true;
    }

    // A file can have null where an object is expected.
    private static void AddAll<T>(T[]? items, Func<T, bool> add)
        where T : class
    {
        foreach (T? item in items ?? [])
        {
            _ = item is not null && add(item);
        }
    }
}
