using System;

namespace PyStack.Tests;

/// <summary>Tasks made by hand.</summary>
internal static class TaskSamples
{
    public static PyFrame[] Get { get; } =
    [
        Samples.Frame("consume", "/srv/app.py", 21, "        item = await queue.get()"),
        Samples.Frame("get", "/usr/lib/python3.12/asyncio/queues.py", 158, "                await getter", 1),
    ];

    /// <summary>A service: its main task waits for two, of which both wait for a third one, and two wait for each other.</summary>
    public static PyTask[] Service { get; } =
    [
        New("0x10", "main", wait: (PyWaitKind.Task, "2 tasks"), frames: [Samples.Frame("main", "/srv/app.py", 40, "    await asyncio.gather(*tasks)")]),
        New("0x20", "one", wait: (PyWaitKind.Task, "task 0x40 (consumer)"), frames: [Samples.Frame("wait", "/srv/app.py", 9, "    await other")], parent: "0x10", depth: 1, branch: "├─ ", awaitedBy: ["0x10"]),
        New("0x40", "consumer", wait: (PyWaitKind.Queue, "Queue.get of asyncio.Queue (empty, 0 of 10)"), frames: Get, parent: "0x20", depth: 2, branch: "│  └─ ", awaitedBy: ["0x20", "0x30"]),
        New("0x30", "two", wait: (PyWaitKind.Task, "task 0x40 (consumer)"), frames: [Samples.Frame("wait", "/srv/app.py", 9, "    await other")], parent: "0x10", depth: 1, branch: "└─ ", awaitedBy: ["0x10"]),
        New("0x50", "left", wait: (PyWaitKind.Task, "task 0x60 (right)"), branch: "↻ ", awaitedBy: ["0x60"]),
        New("0x60", "right", wait: (PyWaitKind.Task, "task 0x50 (left)"), parent: "0x50", depth: 1, branch: "└─ ", awaitedBy: ["0x50"]),
    ];

    public static PyTask New(
        string id, string? name, PyTaskState state = PyTaskState.Waiting, (PyWaitKind Kind, string Description)? wait = null, PyFrame[]? frames = null, string? parent = null, int depth = 0,
        string branch = "", string[]? awaitedBy = null, PyTaskKind kind = PyTaskKind.Asyncio, string? coroutine = "consume", int threadId = 112, long interpreter = 0, bool coherent = true,
        string[]? warnings = null, PyFrame[]? createdAt = null, int processId = 112) => new()
        {
            ProcessId = processId,
            ProcessName = "python3.12",
            ThreadId = threadId,
            ThreadName = "python3.12",
            InterpreterId = interpreter,
            PythonVersion = "3.12.1",
            Kind = kind,
            TypeName = "_asyncio.Task",
            Id = id,
            Name = name,
            State = state,
            Coroutine = coroutine,
            Frames = frames ?? [],
            StackHash = "0123456789abcdef",
            AwaitedBy = awaitedBy ?? [],
            Wait = wait is { } known ? new PyWait { Kind = known.Kind, Description = known.Description } : null,
            ParentId = parent,
            Depth = depth,
            Branch = branch,
            CreatedAt = createdAt,
            CapturedAt = new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Local),
            PauseMilliseconds = 0.052,
            StoppedThreads = 1,
            IsCoherent = coherent,
            Warnings = warnings ?? [],
        };
}
