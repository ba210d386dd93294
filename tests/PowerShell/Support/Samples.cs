using System;

namespace PyStack.Tests;

/// <summary>Threads and frames made by hand.</summary>
internal static class Samples
{
    public static PyFrame Frame(string? function, string? file, int? line, string? source = null, int index = 0) => new()
    {
        ProcessId = 112,
        ThreadId = 112,
        ThreadName = "worker-1",
        Index = index,
        Function = function,
        File = file,
        Line = line,
        SourceLine = source,
    };

    /// <summary>A frame with the position of its running expression.</summary>
    public static PyFrame Frame(string source, int line, int endLine, int? column, int? endColumn) => new()
    {
        ProcessId = 112,
        ThreadId = 112,
        Index = 0,
        Function = "f",
        File = "/srv/app.py",
        Line = line,
        EndLine = endLine,
        Column = column,
        EndColumn = endColumn,
        SourceLine = source,
    };

    public static PyFrame WithVariables(PyVariables? arguments, PyVariables? locals) => new()
    {
        ProcessId = 112,
        ThreadId = 112,
        Index = 0,
        Function = "f",
        File = "/srv/app.py",
        Line = 3,
        SourceLine = "    return a",
        Arguments = arguments,
        Locals = locals,
    };

    public static PyFrame NewerSource(string source) => new()
    {
        ProcessId = 112,
        ThreadId = 112,
        Index = 0,
        Function = "f",
        File = "/srv/app.py",
        Line = 3,
        SourceLine = source,
        IsSourceNewer = true,
    };

    public static PyFrame Native(string? symbol, string? file, int? line, string? library, bool inlined = false) => new()
    {
        ProcessId = 112,
        ThreadId = 112,
        Index = 0,
        Kind = PyFrameKind.Native,
        Function = symbol,
        File = file,
        Line = line,
        Library = library,
        IsInlined = inlined,
        Address = 0x7f0012345678,
    };

    public static PyThread Thread(params PyFrame[] frames) => Thread("Has the GIL", frames);

    public static PyThread Thread(string status, PyFrame[] frames, string? name = "worker-1", string[]? warnings = null, long interpreter = 0,
        bool coherent = true, int processId = 112, bool? merged = null, string? pythonName = null, PyThreadState state = PyThreadState.Unknown, double? cpu = null,
        string? exception = null, PyWait? wait = null, PyGilState gil = PyGilState.Held) => new()
        {
            ProcessId = processId,
            ProcessName = "python3.12",
            ThreadId = processId,
            Name = name,
            PythonName = pythonName,
            State = state,
            CpuSeconds = cpu,
            Exception = exception,
            Wait = wait,
            InterpreterId = interpreter,
            PythonVersion = "3.12.1",
            Gil = gil,
            IsCollectingGarbage = false,
            Status = status,
            Frames = frames,
            StackHash = "0123456789abcdef",
            CapturedAt = new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Local),
            Pause = TimeSpan.FromMicroseconds(52),
            IsCoherent = coherent,
            IsMerged = merged,
            Warnings = warnings ?? [],
        };

    public static PyThread Waiting(string description, params PyFrame[] frames) => Thread("", frames, wait: new PyWait { Kind = PyWaitKind.Lock, Description = description });

    public static PyProcess Process(int id, string name, string? container = null, string commandLine = "python3.12 /srv/app.py --port 80", string? pod = null) => new()
    {
        Id = id,
        Name = name,
        ParentId = 1,
        PythonVersion = "3.12.1",
        Interpreters = [new() { PythonVersion = "3.12.1", Path = "/usr/lib/libpython3.12.so.1.0" }, new() { PythonVersion = "3.11.7" }],
        State = PyThreadState.Sleeping,
        CpuSeconds = 12.5,
        WorkingSet = 40_960,
        Unit = "w\x1b[2Jeb.service",
        IsReplaced = true,
        Executable = "/usr/bin/python3.12",
        CommandLine = commandLine,
        Threads = 2,
        StartTime = new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Local),
        User = "www-data",
        Container = container,
        Pod = pod,
        Namespace = pod is null ? null : "shop",
        IsAccessible = true,
    };

    public static PyStackAccess Access { get; } = new()
    {
        ProcessId = 112,
        ProcessName = "py\x1b[2Jthon",
        CanReadWithoutStopping = true,
        Reason = "It is being traced by process 77 (g\u0007db).",
        RecommendedAction = "End process 77.",
        UserId = 1000,
        TargetUserId = 1000,
        PtraceScope = 1,
        TracerId = 77,
        IsSameUserNamespace = true,
        SeccompMode = 2,
    };

    /// <summary>The stack of reference.md.</summary>
    public static PyThread Tutorial { get; } = Thread(
        "",
        [
            Frame("<module>", "/test.py", 17, "first_func()"),
            Frame("first_func", "/test.py", 6, "    second_func()", 1),
            Frame("second_func", "/test.py", 10, "    third_func()", 2),
            Frame("third_func", "/test.py", 14, "    time.sleep(1000)", 3),
        ],
        name: null);
}
