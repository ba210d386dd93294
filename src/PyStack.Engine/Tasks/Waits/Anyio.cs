namespace PyStack.Engine.Tasks.Waits;

/// <summary>The classes of anyio. Whatever the package exports says from anyio 4 on that it is of <c>anyio</c>; to 3 it has the module that it is written in.</summary>
internal static class Anyio
{
    private const string Synchronization = "anyio._core._synchronization.";

    /// <summary>Whether an object is a lock or the like, of any event loop.</summary>
    /// <param name="name">Such as <c>Lock</c>.</param>
    public static bool Is(WaitingTask task, ulong address, string name)
        => task.Values.IsInstance(address, "anyio." + name) || task.Values.IsInstance(address, Synchronization + name);

    /// <summary>The task that an attribute refers to: itself, or by an object that has its address.</summary>
    public static ulong TaskOf(WaitingTask task, ulong owner)
    {
        if (task.Values.IsNone(owner) || task.Others.Find(owner) is not null)
        {
            return task.Values.IsNone(owner) ? 0 : owner;
        }

        // anyio.TaskInfo
        return task.Values.Number(task.Values.Get(owner, "id"u8)) is > 0 and long id && task.Others.Find((ulong)id) is not null ? (ulong)id : 0;
    }
}
