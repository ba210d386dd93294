namespace PyStack.Engine.Tests.Waits.Deadlocks;

/// <summary>Threads that wait, made by hand.</summary>
internal static class Waiting
{
    public const int Process = 112;

    public static PyThread Thread(int threadId, PyWait? wait, int processId = Process, string? name = null, int part = 0) => new()
    {
        ProcessId = processId,
        ProcessName = "python3",
        ThreadId = threadId,
        PythonName = name,
        Part = part,
        PythonVersion = "3.12.1",
        Frames =
        [
            new PyFrame { ProcessId = processId, ThreadId = threadId, Index = 0, Function = "main", File = "/srv/store.py", Line = 3 },
            new PyFrame { ProcessId = processId, ThreadId = threadId, Index = 1, Function = "read", File = "/srv/store.py", Line = threadId },
        ],
        StackHash = "",
        Wait = wait,
    };

    /// <summary>A wait for a lock that a thread holds.</summary>
    public static PyWait For(int holder, PyWaitKind kind = PyWaitKind.Lock, double? timeout = null) => new()
    {
        Kind = kind,
        SystemCall = "futex",
        Object = "0x10 (_thread.lock)",
        HolderThreadId = holder,
        Timeout = timeout,
        Description = $"lock 0x10, held by thread {holder}",
    };

    /// <summary>A wait for a lock whose holder is gone.</summary>
    public static PyWait ForNobody(string address = "0x10") => new() { Kind = PyWaitKind.Lock, SystemCall = "futex", Object = address + " (_thread.lock)", IsHolderGone = true, Description = "lock " + address };

    /// <summary>A wait of which nobody knows who ends it.</summary>
    public static PyWait ForAnybody(PyWaitKind kind = PyWaitKind.Queue, double? timeout = null) => new() { Kind = kind, SystemCall = "futex", Timeout = timeout, Description = "queue" };

    public static PyWait ToWrite(int processId) => new() { Kind = PyWaitKind.Pipe, SystemCall = "write", FileDescriptor = 1, HolderProcessId = processId, Resource = "pipe:[1]", Description = "write to pipe" };

    public static PyWait ToRead(int processId) => new() { Kind = PyWaitKind.Pipe, SystemCall = "read", FileDescriptor = 0, HolderProcessId = processId, Resource = "pipe:[2]", Description = "read from pipe" };

    public static PyWait ForEndOf(int processId) => new() { Kind = PyWaitKind.Process, SystemCall = "wait4", HolderProcessId = processId, Description = "end of child" };

    public static PyWait ForFileLock(int processId) => new() { Kind = PyWaitKind.FileLock, SystemCall = "flock", FileDescriptor = 3, HolderProcessId = processId, Description = "flock" };
}
