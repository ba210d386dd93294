using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>A <c>threading.Thread</c> of the target.</summary>
/// <param name="ThreadId">As the observer counts; null of one that has not started or has ended.</param>
/// <param name="Text">For people, escaped: <c>thread 4714 (writer)</c>.</param>
internal readonly record struct ThreadObject(ulong Address, int? ThreadId, string Text);

/// <summary>Reads <c>threading.Thread</c> objects.</summary>
internal static class ThreadObjects
{
    private const string Type = "threading.Thread";

    /// <summary>The thread in a variable of a frame; its address is 0 if there is none.</summary>
    public static ThreadObject Find(PythonWait wait, int index, string variable)
        => wait.Find(index, variable, Type) is ulong thread and not 0 ? Read(wait, thread) : default;

    public static ThreadObject Read(PythonWait wait, ulong thread)
    {
        PythonValues values = wait.Values;
        string? name = values.Text(values.Get(thread, "_Thread__name"u8, "_name"u8));
        ulong identifier = values.Get(thread, "_Thread__ident"u8, "_ident"u8);
        bool isStarted = values.Number(identifier) is not null;
        int threadId = values.Number(identifier) is long found ? wait.Threads.FindByIdentifier((ulong)found) : 0;
        string named = name is null ? "" : $" ({name})";
        return threadId > 0 ? new(thread, threadId, string.Create(CultureInfo.InvariantCulture, $"thread {threadId}{named}"))
            : new(thread, null, $"a thread{named} that has {(isStarted ? "ended" : "not started")}");
    }

    /// <summary>The threads that <c>threading</c> knows, by the dict <c>_active</c>; few are expected, and no more than <paramref name="most"/> are examined.</summary>
    public static List<ulong> Active(PythonWait wait, int most)
    {
        List<ulong> threads = [];
        ObjectReader objects = wait.Python.Objects;
        if (objects.TryFindModule(wait.Stack.Thread.Interpreter, "threading"u8, out ulong module)
            && objects.TryGetModuleDict(module, out ulong names)
            && objects.TryGetDictItem(names, "_active"u8, out ulong active)
            && objects.TryOpenDict(active, out DictEntries entries))
        {
            while (threads.Count < most && objects.TryNext(ref entries, out _, out ulong thread))
            {
                if (wait.Values.IsInstance(thread, Type))
                {
                    threads.Add(thread);
                }
            }
        }

        return threads;
    }

    /// <summary>The reason of who waits for a thread's end.</summary>
    public static WaitReason EndOf(PythonWait wait, in ThreadObject thread, string why = "")
        => wait.Because(PyWaitKind.Join, "end of", thread.Address, thread.Text + why) with { HolderThreadId = thread.ThreadId, IsHolderGone = thread.ThreadId is null ? null : false, Limit = wait.Inner?.Limit ?? wait.Kernel.Limit };
}
