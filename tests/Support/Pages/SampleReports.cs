using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.TestSupport.Profiles;

namespace PyStack.TestSupport.Pages;

/// <summary>Pipelines of objects made by hand, for reports.</summary>
public static class SampleReports
{
    public static DateTime At { get; } = new(2026, 11, 29, 1, 2, 3, DateTimeKind.Local);

    private const string App = "/srv/shop/bank.py";

    /// <summary>
    /// A bank's process 112 with two threads in a deadlock (113 and 114), 7 threads that wait for one of them in the same place, one that waits alone (130), an idle main thread, and an event loop with
    /// tasks: <c>gather</c> awaits <c>fetch-1</c> and <c>fetch-2</c>.
    /// </summary>
    public static object[] Bank()
    {
        PyThread left = Thread(113, "transfer-1", [Frame("transfer", App, 21, "        with second:", column: 13, endColumn: 19)], Lock(0x7f10, 114), locals: ("amount", "250"));
        PyThread right = Thread(114, "transfer-2", [Frame("transfer", App, 21, "        with second:", column: 13, endColumn: 19)], Lock(0x7f20, 113));
        PyThread[] audits = [.. Enumerable.Range(115, 7).Select(id => Thread(id, $"audit-{id - 114}", [Frame("audit", App, 30, "    with accounts.lock:", column: 9, endColumn: 22)], Lock(0x7f20, 113)))];
        return
        [
            Process(112, "bank"),
            new PyDeadlock
            {
                ProcessId = 112, ProcessName = "bank", Kind = PyDeadlockKind.Cycle, Threads = new[] { left, right },
                Description = new[] { "Thread 113 (transfer-1) waits for threading.Lock 0x7f10, held by thread 114 (transfer-2)", "Thread 114 (transfer-2) waits for threading.Lock 0x7f20, held by thread 113 (transfer-1)", "7 other threads wait for these." },
            },
            left, right, .. audits,
            Thread(130, "report", [Frame("total", App, 44, "    return sum(", column: 11, endColumn: 32, endLine: 46)], Lock(0x7f30, 115)),
            Thread(112, "MainThread", [Frame("<module>", "/srv/shop/server.py", 9, "serve()")], new PyWait { Kind = PyWaitKind.Select, Description = "epoll of 3 descriptors" }, gil: PyGilState.NotHeld),
            Task("0x9001", "main", 0, "gather", awaits: "2 tasks"),
            Task("0x9002", "fetch-1", 1, "fetch", parent: "0x9001", wait: new PyWait { Kind = PyWaitKind.Socket, Description = "recv from 10.0.0.7:5432" }),
            Task("0x9003", "fetch-2", 1, "fetch", parent: "0x9001", state: PyTaskState.Ready),
        ];
    }

    public static PyProcess Process(int id, string name, string commandLine = "/usr/bin/python3.12 /srv/shop/server.py --port 80") => new()
    {
        Id = id, Name = name, PythonVersion = "3.12.1", Interpreters = new PyInterpreter[] { new() { PythonVersion = "3.12.1", Path = "/usr/lib/libpython3.12.so.1.0" } }, Executable = "/usr/bin/python3.12", CommandLine = commandLine,
        StartTime = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Local), User = "shop", Unit = "bank.service", State = PyThreadState.Sleeping, CpuSeconds = 12.5, WorkingSet = 84 << 20, Threads = 12, ParentId = 1, IsReplaced = true,
    };

    public static PyWait Lock(ulong address, int holder, int? process = null, bool? isGone = null) => new()
    {
        Kind = PyWaitKind.Lock, Description = $"threading.Lock 0x{address:x}, held by thread {holder}", HolderThreadId = holder, HolderProcessId = process, IsHolderGone = isGone, SystemCall = "futex",
    };

    public static PyFrame Frame(string? function, string? file, int? line, string? source = null, int? column = null, int? endColumn = null, int? endLine = null, PyVariables? locals = null) => new()
    {
        ProcessId = 112, ThreadId = 112, Index = 0, Function = function, File = file, Line = line, SourceLine = source, Column = column, EndColumn = endColumn, EndLine = endLine ?? line, Locals = locals,
    };

    public static PyThread Thread(int id, string name, PyFrame[] frames, PyWait? wait = null, int process = 112, string processName = "bank", PyGilState gil = PyGilState.NotHeld, string? hash = null, (string Name, string Value)? locals = null)
    {
        PyFrame[] whole = [Frame("_bootstrap", "/usr/lib/python3.12/threading.py", 1032, "            self._bootstrap_inner()"), Frame("run", "/usr/lib/python3.12/threading.py", 1012, "            self._target(*self._args, **self._kwargs)"), .. frames];
        if (locals is (string variable, string value))
        {
            PyVariables variables = [];
            variables[variable] = value;
            PyFrame last = whole[^1];
            whole[^1] = Frame(last.Function, last.File, last.Line, last.SourceLine, last.Column, last.EndColumn, last.EndLine, variables);
        }

        return new PyThread
        {
            ProcessId = process, ProcessName = processName, ThreadId = id, Name = name, PythonName = name, PythonVersion = "3.12.1", State = PyThreadState.Sleeping, CpuSeconds = 0.25, Gil = gil, Status = "", IsCoherent = true,
            Frames = whole, StackHash = hash ?? string.Join('|', whole.Select(frame => $"{frame.Function}:{frame.File}:{frame.Line}")), Wait = wait, CapturedAt = At, PauseMilliseconds = 0.052,
        };
    }

    public static PyTask Task(string id, string? name, int depth, string coroutine, string? parent = null, PyWait? wait = null, PyTaskState state = PyTaskState.Waiting, string? awaits = null, int process = 112) => new()
    {
        ProcessId = process, ProcessName = "bank", ThreadId = 112, PythonVersion = "3.12.1", Id = id, Name = name, Depth = depth, ParentId = parent, Coroutine = coroutine, State = state, Wait = wait, Awaits = awaits, IsCoherent = true,
        AwaitedBy = parent is null ? [] : new[] { parent }, Frames = new[] { Frame(coroutine, "/srv/shop/loop.py", 7, $"    await {coroutine}()") }, StackHash = coroutine, CapturedAt = At,
    };

    /// <summary>Each hostile name of <see cref="SampleProfiles.HostileNames"/> wherever a target can put a text.</summary>
    public static object[] Hostile()
    {
        List<object> items = [];
        foreach (string name in SampleProfiles.HostileNames)
        {
            int id = 200 + items.Count;
            PyWait wait = new() { Kind = PyWaitKind.Lock, Description = name, Resource = name, SystemCall = name, HolderThreadId = id + 1, HolderTaskId = name };
            PyVariables variables = new() { [name] = name };
            PyFrame frame = new() { ProcessId = 112, ThreadId = id, Index = 0, Function = name, QualifiedName = name, File = name, Line = 3, SourceLine = name, Column = 1, EndColumn = 4, Locals = variables, Library = name };
            items.Add(new PyThread
            {
                ProcessId = 112, ProcessName = name, ThreadId = id, Name = name, PythonName = name, PythonVersion = name, Status = name, Exception = name, StackHash = name, Frames = new[] { frame }, Wait = wait, Warnings = new[] { name }, CapturedAt = At, Path = null,
            });
            items.Add(new PyTask { ProcessId = 112, ProcessName = name, ThreadId = id, PythonVersion = name, Id = name, Name = name, Coroutine = name, StackHash = name, Frames = new[] { frame }, Wait = wait, AwaitedBy = new[] { name }, ParentId = name, Warnings = new[] { name } });
            items.Add(new PyDeadlock { ProcessId = 112, ProcessName = name, Kind = PyDeadlockKind.Self, Threads = new[] { (PyThread)items[^2] }, Tasks = new[] { (PyTask)items[^1] }, Description = new[] { name } });
        }

        string first = SampleProfiles.HostileNames[0], second = SampleProfiles.HostileNames[1];
        items.Add(new PyProcess { Id = 112, Name = first, CommandLine = second, User = first, Unit = second, Container = first, Executable = second, PythonVersion = first, Interpreters = new PyInterpreter[] { new() { Path = first, PythonVersion = second } } });
        items.Add(new PyCore { Path = first, DumpedProcessId = 7, Name = second, Arguments = first, Reason = second, Files = new PyCoreFile[] { new() { Path = first, BuildId = second } } });
        return [.. items, SampleProfiles.Hostile()];
    }

    /// <summary>So many threads with 30 frames each, every second one with a stack of its own; each of 50 holds a lock that others wait for.</summary>
    public static object[] Large(int threads)
    {
        PyFrame[] shared = [.. Enumerable.Range(0, 400).Select(i => Frame($"function_{i}", $"/srv/package_{i % 12}/module_{i % 40}.py", 10 + i, $"    value = function_{i + 1}(request, {i})", column: 12, endColumn: 30))];
        return [.. Enumerable.Range(0, threads).Select(i =>
        {
            PyFrame[] frames = [.. Enumerable.Range(0, 28).Select(depth => shared[depth < 20 ? depth : ((i % 2 == 0 ? i : i % 20) >> (depth - 20)) % 400])];
            return (object)Thread(1000 + i, $"worker-{i}", frames, i % 3 == 0 ? null : i % 3 == 1 ? Lock((ulong)(0x7f00 + (i % 50)), 1000 + (i % 50 * 3)) : new PyWait { Kind = PyWaitKind.Socket, Description = $"recv from 10.0.0.{i % 250}:5432" }, process: 700 + (i / 1000));
        })];
    }
}
