using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>
/// Numbers of tasks, for the groups of samples. A program may have a new task for each request, so that there is a limit: tasks that are seen after it share one number for each function that they run.
/// </summary>
internal sealed class TaskNumbers
{
    /// <summary>Tasks that are told apart.</summary>
    public const int MaxTasks = 10_000;

    private const int MaxFunctions = 1000;

    private readonly Dictionary<(ulong Address, string? Name), int> _tasks = [];
    private readonly Dictionary<string, int> _functions = [];
    private readonly List<(string Id, string? Name)> _all = [];

    /// <summary>Whether there were more.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The number of a task, from 1 on.</summary>
    /// <param name="name">Its name; null if it has none.</param>
    /// <param name="function">The function of its coroutine; null if that is not known.</param>
    public int Of(ulong address, string? name, string? function)
    {
        // Both the listing of tasks and the samples ask.
        lock (_tasks)
        {
            string? shown = name ?? function;
            if (_tasks.TryGetValue((address, shown), out int number))
            {
                return number;
            }

            if (_tasks.Count < MaxTasks)
            {
                number = Add(string.Create(CultureInfo.InvariantCulture, $"0x{address:x}"), shown);
                _tasks.Add((address, shown), number);
                return number;
            }

            IsFull = true;
            string key = _functions.Count < MaxFunctions ? function ?? "" : "";
            if (!_functions.TryGetValue(key, out number))
            {
                _functions.Add(key, number = Add("more", key.Length == 0 ? "more tasks" : $"more tasks of {key}"));
            }

            return number;
        }
    }

    /// <summary>The id and name that a number is shown with.</summary>
    public (string? Id, string? Name) this[int number]
    {
        get
        {
            lock (_tasks)
            {
                return number > 0 && number <= _all.Count ? _all[number - 1] : (null, null);
            }
        }
    }

    private int Add(string id, string? name)
    {
        _all.Add((id, name));
        return _all.Count;
    }
}
