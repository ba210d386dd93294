using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Thread.join</c>, and the end of the main thread, which joins all threads that are no daemons.</summary>
internal sealed class JoinWaits : IReasonReader
{
    /// <summary>Threads of which names are shown.</summary>
    private const int MaxNames = 5;

    public IEnumerable<(string File, string Function)> Functions
        => [("threading.py", "join"), ("threading.py", "_wait_for_tstate_lock"), ("threading.py", "_join_os_thread"), ("threading.py", "_shutdown"), ("threading.py", "_exitfunc")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Stack[index].Code.Name is "_shutdown" or "_exitfunc")
        {
            return OfShutdown(wait);
        }

        return wait.TryGetSelf(index, out ulong self, "threading", "Thread") ? Of(wait, self, "end of thread") : null;
    }

    /// <summary>The reason of a thread that waits for the end of another.</summary>
    /// <param name="thread">The <c>Thread</c> object.</param>
    public static WaitReason Of(PythonWait wait, ulong thread, string action)
    {
        int threadId = wait.Python.TryGetNumber(thread, out long identifier, "_ident", "_Thread__ident") ? wait.Threads.FindByIdentifier((ulong)identifier) : 0;
        string? name = wait.Python.GetText(thread, "_name", "_Thread__name");
        return wait.Kernel with
        {
            Kind = PyWaitKind.Join,
            Action = action,
            Subject = threadId > 0 ? string.Create(CultureInfo.InvariantCulture, $"{threadId}{(name is null ? "" : $" ({name})")}") : (name ?? SystemCalls.SystemCallContext.Hex(thread)) + ", which has no stack any more",
            Object = wait.Python.ObjectText(thread),
            HolderThreadId = threadId > 0 ? threadId : null,
            IsHolderGone = threadId > 0 ? false : null,
        };
    }

    private static WaitReason? OfShutdown(PythonWait wait)
    {
        ObjectReader objects = wait.Python.Objects;
        List<string> names = [];
        List<int> ids = [];
        int count = 0;
        if (!objects.TryFindModule(wait.Stack.Thread.Interpreter, "threading"u8, out ulong module)
            || !objects.TryGetModuleDict(module, out ulong dict)
            || !objects.TryGetDictItem(dict, "_active"u8, out ulong active)
            || !objects.TryOpenDict(active, out DictEntries entries))
        {
            return null;
        }

        while (count < wait.Python.Limits.Threads && objects.TryNext(ref entries, out ulong key, out ulong thread))
        {
            bool isDaemon = wait.Python.TryGet(thread, out ulong daemonic, "_daemonic", "_Thread__daemonic") && objects.TryReadBool(daemonic, out bool daemon) && daemon;
            int threadId = objects.TryReadInt64(key, out long identifier) ? wait.Threads.FindByIdentifier((ulong)identifier) : 0;
            if (isDaemon || threadId <= 0 || threadId == wait.Stack.ThreadId)
            {
                continue;
            }

            count++;
            ids.Add(threadId);
            if (names.Count < MaxNames)
            {
                names.Add(wait.Python.GetText(thread, "_name", "_Thread__name") is string name ? string.Create(CultureInfo.InvariantCulture, $"{threadId} ({name})") : threadId.ToString(CultureInfo.InvariantCulture));
            }
        }

        return wait.Kernel with
        {
            Kind = PyWaitKind.Join,
            Action = "end of all threads that are no daemons",
            Subject = count == 0 ? null : $"({count}): {string.Join(", ", names)}{(count > names.Count ? ", ..." : "")}",
            HolderThreadId = ids is [int only] ? only : null,
            IsHolderGone = ids.Count == 1 ? false : null,
        };
    }
}
