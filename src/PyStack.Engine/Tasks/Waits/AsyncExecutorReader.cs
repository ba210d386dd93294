using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Functions of the event loop that work in a thread of its executor: names of the network, and the end of the executor itself.</summary>
internal sealed class AsyncExecutorReader : ITaskWaitReader
{
    private static readonly Dictionary<string, string> Actions = new(System.StringComparer.Ordinal)
    {
        ["getaddrinfo"] = "getaddrinfo(), ",
        ["getnameinfo"] = "getnameinfo(), ",
        ["shutdown_default_executor"] = "shutdown_default_executor(), ",
        ["to_thread"] = "to_thread(), ",
    };

    public IEnumerable<(string File, string Function)> Functions
        => [("base_events.py", "getaddrinfo"), ("base_events.py", "getnameinfo"), ("base_events.py", "shutdown_default_executor"), ("threads.py", "to_thread")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.ForFuture(task.Raw.Awaits) is { Kind: PyWaitKind.Future } wait ? wait with { Description = Actions[task.Stack[index].Code.Name] + wait.Description } : null;
}
