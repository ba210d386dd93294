using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>A suspended task, as the readers of waits see it.</summary>
/// <param name="Raw">The task.</param>
/// <param name="Stack">Its frames with their variables.</param>
/// <param name="Awaited">The object that its innermost frame awaits, such as a future; 0 if there is none.</param>
/// <param name="Context">All tasks and threads of the interpreter.</param>
internal sealed record WaitingTask(RawTask Raw, PythonStack Stack, ulong Awaited, WaitContext Context)
{
    /// <summary>Tasks that a line names.</summary>
    private const int MaxShown = 3;

    /// <summary>Tasks of one nursery.</summary>
    private const int MaxMembers = 1 << 20;

    public PythonReader Python => Stack.Python;

    public PythonValues Values => Stack.Python.Values;

    /// <summary>All tasks of the interpreter.</summary>
    public TaskDirectory Others => Context.Tasks;

    /// <summary>The reason of the inner frames; null if they have none.</summary>
    public TaskWait? Inner { get; set; }

    /// <summary>The innermost frame that awaits something: 0, or 1 above the <c>__await__()</c> of a future that is written in Python.</summary>
    public int First => Stack.Is(0, "futures.py", "__await__") || Stack.Is(0, "futures.py", "__iter__") ? 1 : 0;

    /// <summary>The object in a variable of a frame if it is an instance of a class; 0 if not.</summary>
    /// <param name="type">With its module.</param>
    public ulong Find(int index, string variable, string type) => Stack.TryGetVariable(index, variable, out ulong found) && Values.IsInstance(found, type) ? found : 0;

    /// <summary>An object in a variable of a frame; 0 if there is none.</summary>
    public ulong Variable(int index, string name) => Stack.TryGetVariable(index, name, out ulong value) ? value : 0;

    /// <summary>The tasks among the items of a set.</summary>
    public List<ulong> TasksIn(ulong set) => Values.Members(set, MaxMembers).FindAll(one => Others.Find(one) is not null);

    /// <summary>Whether a frame is one of a function that has this name.</summary>
    public bool IsIn(int index, string function) => Stack[index].Code.Name == function;

    /// <summary>A reason that is about one object.</summary>
    /// <param name="text">What it waits for, as people say it: <c>set() of</c>; the object follows.</param>
    public TaskWait Because(PyWaitKind kind, string text, ulong target) => new(kind, $"{text} {Values.Show(target)}") { Object = Values.Describe(target), Address = target };

    /// <summary>When a timer handle ends, in seconds of the loop's clock; null for none.</summary>
    public double? When(ulong handle) => Values.IsInstance(handle, "asyncio.events.TimerHandle") ? Values.Seconds(Values.Slot(handle, "_when"u8)) : null;

    /// <summary>What a future says about what will give it its result.</summary>
    public TaskWait ForFuture(ulong future) => FutureReasons.Of(this, future);

    /// <summary>A reason that is about several futures, most of them tasks: those that have no result yet.</summary>
    /// <param name="what">As people say it: <c>gather()</c>.</param>
    /// <param name="isAny">Whether it goes on when the first of them has ended.</param>
    public TaskWait ForFutures(string what, IReadOnlyList<ulong> futures, bool isAny = false)
    {
        List<ulong> waited = [];
        List<string> shown = [];
        int left = 0;
        foreach (ulong future in futures)
        {
            if (Context.Futures.IsPending(future) == false)
            {
                continue;
            }

            left++;
            if (shown.Count < MaxShown)
            {
                shown.Add(Others.Find(future) is null ? Values.Show(future) : Others.Describe(future));
            }

            if (Others.Find(future) is not null)
            {
                waited.Add(future);
            }
        }

        // A future that is no task may be the first of them.
        bool isSure = !isAny || waited.Count == left;
        string names = shown.Count == 0 ? "" : ": " + string.Join(", ", shown) + (left > MaxShown ? ", ..." : "");
        return new TaskWait(PyWaitKind.Task, string.Create(CultureInfo.InvariantCulture, $"{what}, {left} of {futures.Count} not done{names}"))
        {
            Tasks = isSure ? waited : [],
            IsAny = isAny && waited.Count > 1,
        };
    }
}
