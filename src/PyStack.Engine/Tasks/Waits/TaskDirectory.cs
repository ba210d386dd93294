using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The tasks of one interpreter by their addresses.</summary>
internal sealed class TaskDirectory
{
    private readonly Dictionary<ulong, RawTask> _tasks = new(AddressHash.Comparer);

    public TaskDirectory(List<RawTask> tasks)
    {
        foreach (RawTask task in tasks)
        {
            _tasks[task.Address] = task;
        }
    }

    /// <summary>In no order.</summary>
    public IReadOnlyCollection<RawTask> All => _tasks.Values;

    /// <summary>The task at an address; null if there is none.</summary>
    public RawTask? Find(ulong address) => _tasks.GetValueOrDefault(address);

    /// <summary>A task in words, escaped: <c>task 0x7f… (consumer)</c>.</summary>
    public string Describe(ulong address)
        => $"task 0x{address:x}" + (Find(address)?.Name is { Length: > 0 } name ? $" ({TerminalText.Escape(name)})" : "");
}
