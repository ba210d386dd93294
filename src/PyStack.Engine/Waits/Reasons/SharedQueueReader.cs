using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The queues of <c>multiprocessing</c>, which are a pipe with locks, and a thread that writes into it.</summary>
internal sealed class SharedQueueReader : IReasonReader
{
    private const string File = "queues.py";
    private const string Feeder = "the feeder thread of a multiprocessing.Queue";

    // The functions of a connection have no reason of their own: the kernel's has the descriptor.
    public IEnumerable<(string File, string Function)> Functions =>
    [
        (File, "get"), (File, "put"), (File, "join"), (File, "_feed"), (File, "_finalize_join"), ("util.py", "__call__"), (File, "join_thread"),
        ("connection.py", "_recv"), ("connection.py", "_recv_bytes"), ("connection.py", "recv"), ("connection.py", "recv_bytes"), ("connection.py", "poll"), ("connection.py", "_poll"),
        ("connection.py", "wait"), ("connection.py", "_send"), ("connection.py", "_send_bytes"), ("connection.py", "send"), ("connection.py", "send_bytes"), ("selectors.py", "select"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        string function = wait.Stack[index].Code.Name;
        if (function is "_feed" or "_finalize_join")
        {
            return OfFeeder(wait, index, function);
        }

        ulong queue = wait.Find(index, "self", "multiprocessing.queues.Queue");
        queue = queue != 0 ? queue : wait.Find(index, "self", "multiprocessing.queues.SimpleQueue");
        if (queue == 0)
        {
            return null;
        }

        PythonValues values = wait.Values;
        string name = values.TypeName(queue);
        bool isPipe = wait.Kernel.Kind is PyWaitKind.Pipe or PyWaitKind.Select;
        switch (function)
        {
            case "get" when isPipe:
                return wait.Because(PyWaitKind.Queue, "get from", queue, name + " (empty)") with { Descriptors = null };
            case "get" when IsLock(wait, index, values.Get(queue, "_rlock"u8)):
                return Of(wait, PyWaitKind.Queue, "get from", queue, name + " (another process or thread reads it)");
            case "put" when isPipe:
                return wait.Because(PyWaitKind.Queue, "put into", queue, name + " (its pipe is full)");
            case "put" when IsLock(wait, index, values.Get(queue, "_wlock"u8)):
                return Of(wait, PyWaitKind.Queue, "put into", queue, name + " (another process or thread writes to it)");
            case "put" when IsLock(wait, index, values.Get(queue, "_sem"u8)):
                return wait.Because(PyWaitKind.Queue, "put into", queue, $"{name} (full{(values.Number(values.Get(queue, "_maxsize"u8)) is long most ? string.Create(CultureInfo.InvariantCulture, $", {most} of {most}") : "")})");
            case "join" when wait.Inner?.Kind == PyWaitKind.Condition && values.Get(queue, "_cond"u8) == wait.Target:
                return wait.Because(PyWaitKind.Queue, "join() of", queue,
                    SharedLocks.ValueOf(wait, values.Get(queue, "_unfinished_tasks"u8)) is int left ? string.Create(CultureInfo.InvariantCulture, $"{name} ({left} unfinished tasks)") : name);
            default:
                return null;
        }
    }

    private static bool IsLock(PythonWait wait, int index, ulong found) => found != 0 && (index == 0 ? SharedLocks.IsWaitedFor(wait, found) : wait.Inner is not null && wait.Target == found);

    // Who has the lock is known if it is in this process.
    private static WaitReason Of(PythonWait wait, PyWaitKind kind, string action, ulong queue, string subject)
    {
        int? holder = wait.Inner?.HolderThreadId;
        return wait.Because(kind, action, queue, subject) with { HolderThreadId = holder };
    }

    private static WaitReason? OfFeeder(PythonWait wait, int index, string function)
    {
        if (function == "_finalize_join")
        {
            return wait.Inner?.Kind == PyWaitKind.Join ? wait.Inner with { Subject = wait.Inner.Subject + ", the feeder of a multiprocessing.Queue: its items have not been read" } : null;
        }

        if (wait.Kernel.Kind == PyWaitKind.Pipe && wait.Inner is null)
        {
            return wait.Kernel with { Action = $"{Feeder}: {wait.Kernel.Action}" };
        }

        return wait.Inner?.Kind == PyWaitKind.Condition && wait.Variable(index, "notempty") is ulong condition and not 0 && condition == wait.Target
            ? wait.Because(PyWaitKind.Queue, "an item for", condition, Feeder + " (idle)")
            : null;
    }
}
