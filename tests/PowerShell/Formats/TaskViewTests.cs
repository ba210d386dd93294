using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Formats;

public sealed class TaskViewTests
{
    private const string Tree =
        """

        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Task "main" 0x10 of thread 112 [Waiting for 2 tasks] main (app.py:40)
        ├─ Task "one" 0x20 [Waiting for task 0x40 (consumer)] wait (app.py:9)
        │  └─ Task "consumer" 0x40 [Waiting for Queue.get of asyncio.Queue (empty, 0 of 10)] consume (app.py:21) > get (queues.py:158) (also awaited by
        │         0x30)
        └─ Task "two" 0x30 [Waiting for task 0x40 (consumer)] wait (app.py:9)
        ↻ Task "left" 0x50 of thread 112 [Waiting for task 0x60 (right)] (awaited by 0x60)
        └─ Task "right" 0x60 [Waiting for task 0x50 (left)]


        """;

    private static string Shown(int width, string? command, object[] objects, bool hasTerminal = false)
    {
        var host = new RecordingHost(width, hasTerminal);
        using var shell = new EmbeddedShell(host);
        using PowerShell pipeline = shell.NewPipeline();
        if (command is not null)
        {
            pipeline.AddCommand(FormatCommand.Of(command));
        }

        pipeline.AddCommand("Out-Default").Invoke(objects);
        return host.Output;
    }

    private static object[] Deserialized(params object[] objects) => [.. objects.Select(one => PSSerializer.Deserialize(PSSerializer.Serialize(one, 4)))];

    private static PSObject AsTree(PyTask task)
    {
        // A task of its own: PowerShell keeps the names of types with the object.
        var tree = (PyTask)Rehydration.Copy(typeof(PyTask), PSObject.AsPSObject(PSSerializer.Deserialize(PSSerializer.Serialize(task, 4))));
        var shown = PSObject.AsPSObject(tree);
        shown.TypeNames.Insert(0, TaskFormat.TreeTypeName);
        return shown;
    }

    [Fact]
    public void Tasks_are_tracebacks_below_one_line_for_each_process() => Assert.Equal(
        """

        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Task "consumer" 0x40 of thread 112 [Waiting for Queue.get of asyncio.Queue (empty, 0 of 10)] (most recent call last):
            (Python) File "/srv/app.py", line 21, in consume
                item = await queue.get()
            (Python) File "/usr/lib/python3.12/asyncio/queues.py", line 158, in get
                await getter
            (awaited by) 0x20, 0x30

        Greenlet "Greenlet-0" 0x7f00 of thread 112 [Ready] (most recent call last):
            (Python) File "f.py", line 1, in f


        Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Coroutine fetch 0x70 [Not started] (most recent call last):
            (Python) File "f.py", line 1, in f



        """,
        Shown(
            120,
            null,
            [
                TaskSamples.Service[2],
                TaskSamples.New("0x7f00", "Greenlet-0", PyTaskState.Ready, kind: PyTaskKind.Greenlet, frames: [Samples.Frame("f", "f.py", 1)]),
                TaskSamples.New("0x70", null, PyTaskState.NotStarted, kind: PyTaskKind.Coroutine, coroutine: "fetch", threadId: 0, processId: 140, frames: [Samples.Frame("f", "f.py", 1)]),
            ]));

    [Fact]
    public void A_traceback_has_variables_warnings_and_where_the_task_was_created() => Assert.Equal(
        """
        Task "w\x1b[2Jrk" 0x40 of thread 112 in interpreter 2 [Cancelling, waits for sleep\x1b] (most recent call last):
            * - It cannot be read\x07 - *
            (Python) File "/srv/app.py", line 3, in f
                return a
              Arguments:
                a: 1
              Locals:
                b: '\x1b'
            (awaited by) 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8 and 2 more
            (created at) File "/srv/app.py", line 8, in main
                asyncio.create_task(f())
        """,
        Text(TaskSamples.New(
            "0x40", "w\x1b[2Jrk", PyTaskState.Cancelling, (PyWaitKind.Sleep, "sleep\x1b"), [Samples.WithVariables(new() { ["a"] = "1" }, new() { ["b"] = "'\x1b'" })], interpreter: 2, warnings: ["It cannot be read\a"],
            awaitedBy: [.. Enumerable.Range(1, 10).Select(id => $"0x{id}")], createdAt: [Samples.Frame("main", "/srv/app.py", 8, "    asyncio.create_task(f())")])));

    [Theory]
    [InlineData(PyTaskState.Unknown, null, "")]
    [InlineData(PyTaskState.Unknown, "x", "Waiting for x")]
    [InlineData(PyTaskState.Running, null, "Running")]
    [InlineData(PyTaskState.Ready, null, "Ready")]
    [InlineData(PyTaskState.Waiting, null, "Waiting")]
    [InlineData(PyTaskState.Waiting, "x", "Waiting for x")]
    [InlineData(PyTaskState.Cancelling, null, "Cancelling")]
    [InlineData(PyTaskState.Cancelling, "x", "Cancelling, waits for x")]
    [InlineData(PyTaskState.NotStarted, null, "Not started")]
    [InlineData(PyTaskState.Done, null, "Done")]
    public void The_brackets_have_the_state_and_what_it_waits_for(PyTaskState state, string? wait, string shown)
        => Assert.Equal($"Task \"a\" 0x10 of thread 112 [{shown}] has no frames", Text(TaskSamples.New("0x10", "a", state, wait is null ? null : (PyWaitKind.Other, wait))));

    [Fact]
    public void A_stack_that_may_be_of_different_moments_says_so() => Assert.Equal(
        """
        Task "a" 0x10 of thread 112 [Waiting] (most recent call last):
            * - Its thread ran while the task was read: these frames may be of different moments - *
            (Python) File "f.py", line 1, in f
        """,
        Text(TaskSamples.New("0x10", "a", coherent: false, frames: [Samples.Frame("f", "f.py", 1)])));

    [Theory]
    [InlineData(80, """

        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped
            for 0.052 ms

        Id             Name           State   WaitsFor Innermost
        --             ----           -----   -------- ---------
        0x40           consumer       Waiting Queue    get queues.py:158
        0x7f3a5c000c10 a_coroutine_o… Waiting          a_function_o… …le_name.py:7


        """)]
    [InlineData(160, """

        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Id             Name                       State   WaitsFor                                    Innermost
        --             ----                       -----   --------                                    ---------
        0x40           consumer                   Waiting Queue.get of asyncio.Queue (empty, 0 of 10) get queues.py:158
        0x7f3a5c000c10 a_coroutine_of_a_long_name Waiting                                             a_function_of_a_long_name …f_a_considerable_name.py:7


        """)]
    public void Format_Table_of_tasks_uses_the_width_that_there_is_and_loses_no_column(int width, string expected) => Assert.Equal(
        expected,
        Shown(
            width,
            "Format-Table",
            [TaskSamples.Service[2], TaskSamples.New("0x7f3a5c000c10", null, coroutine: "a_coroutine_of_a_long_name", frames: [Samples.Frame("a_function_of_a_long_name", "/srv/a_file_of_a_considerable_name.py", 7)])]));

    [Fact]
    public void A_tree_has_one_line_for_each_task_and_its_own_lines_go_on_beside_what_is_broken()
        => Assert.Equal(Tree, Shown(145, null, [.. TaskSamples.Service.Select(AsTree)], hasTerminal: true).Replace("\x1b[33m", "", StringComparison.Ordinal).Replace("\x1b[0m", "", StringComparison.Ordinal));

    // Typed as PowerShell, whose own command reads the parameter.
    [Fact]
    public void The_view_Tree_shows_any_tasks_as_one_deserialized_or_not() => Assert.Equal(
        new HostResult(string.Concat(Enumerable.Repeat("""

            Process 7, Python 3.12.1, captured 2026-11-23 01:02:03, not stopped

            Task "main" 0x10 [Waiting]
            └─ Task "two" 0x20 [Waiting]

            """.ReplaceLineEndings("\n") + "\n", 2)), "", 0),
        RealShell.Run(
            """
            $common = @{ ProcessId = 7; PythonVersion = '3.12.1'; Frames = [PyStack.PyFrame[]] @(); StackHash = ''; State = 'Waiting'; IsCoherent = $true; CapturedAt = [datetime] '2026-11-23 01:02:03' }
            $tasks = [PyStack.PyTask] ($common + @{ Id = '0x10'; Name = 'main' }), [PyStack.PyTask] ($common + @{ Id = '0x20'; Name = 'two'; ParentId = '0x10'; Depth = 1; Branch = '└─ ' })
            $tasks | Format-Custom -View Tree
            [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($tasks)) | Format-Custom -View Tree
            """));

    [Fact]
    public void Deserialized_tasks_have_the_same_views_and_those_of_a_tree_stay_a_tree()
    {
        object[] tasks = [.. TaskSamples.Service];
        foreach (string? command in (string?[])[null, "Format-Table", "Format-List", "Format-Wide", "Format-Custom"])
        {
            Assert.Equal(Shown(120, command, tasks), Shown(120, command, Deserialized(tasks)));
        }

        object[] tree = [.. TaskSamples.Service.Select(AsTree)];
        object[] copies = Deserialized(tree);
        Assert.Equal("Deserialized.PyStack.PyTask#Tree", PSObject.AsPSObject(copies[0]).TypeNames[0]);
        Assert.Equal(Shown(120, null, tree), Shown(120, null, copies));
    }

    [Fact]
    public void Where_nothing_was_drawn_the_tree_is_indented_by_the_depth()
    {
        Assert.Equal("      └─ Task \"a\" 0x1 [Waiting]", TaskTreeView.Write(TaskSamples.New("0x1", "a", depth: 3), Palette.Plain));
        Assert.Equal("(1000000) Task \"a\" 0x1 [Waiting]", TaskTreeView.Write(TaskSamples.New("0x1", "a", depth: 1_000_000), Palette.Plain));
    }

    [Fact]
    public void Functions_in_a_tree_are_yellow_on_a_terminal_and_frames_between_are_left_out() => Assert.Equal(
        "Task \"a\" 0x1 of thread 112 [Waiting] \x1b[33mconsume\x1b[0m (app.py:21) > … > \x1b[33mf\x1b[0m (f.py:1)",
        TaskTreeView.Write(TaskSamples.New("0x1", "a", frames: [.. TaskSamples.Get, Samples.Frame("f", "f.py", 1)]), Palette.Coloured));

    [Fact]
    public void Format_List_of_a_task_has_all_that_is_known_with_control_characters_written_out() => Assert.Equal(
        """

        ProcessId         : 112
        ProcessName       : python3.12
        ThreadId          : 112
        ThreadName        : python3.12
        InterpreterId     : 0
        PythonVersion     : 3.12.1
        Source            : Process
        Path              :
        Kind              : Asyncio
        TypeName          : _asyncio.Task
        Id                : 0x40
        Name              : c\x1b
        State             : Waiting
        Coroutine         : consume
        Frames            : 2, the last get (/usr/lib/python3.12/asyncio/queues.py:158)
        StackHash         : 0123456789abcdef
        AwaitedBy         : 0x20, 0x30
        Awaits            :
        Wait              : Queue.get
        ParentId          : 0x20
        Depth             : 2
        Loop              :
        CreatedAt         : main (/srv/app.py:8)
        CapturedAt        : 11/23/2026 01:02:03
        PauseMilliseconds : 0.052
        StoppedThreads    : 1
        IsCoherent        : True
        Warnings          : one; two


        """,
        Shown(
            120,
            "Format-List",
            [TaskSamples.New("0x40", "c\x1b", wait: (PyWaitKind.Queue, "Queue.get"), frames: TaskSamples.Get, parent: "0x20", depth: 2, awaitedBy: ["0x20", "0x30"], warnings: ["one", "two"], createdAt: [Samples.Frame("main", "/srv/app.py", 8)])]));

    [Theory]
    [InlineData("/usr/lib/python3.12/asyncio/base_events.py", "_run_once", "tasks of its asyncio event loop")]
    [InlineData("/usr/lib/python3.12/asyncio/runners.py", "run", "tasks of its asyncio event loop")]
    [InlineData("/opt/venv/trio/_core/_run.py", "unrolled_run", "tasks of its trio event loop")]
    [InlineData("/opt/venv/gevent/hub.py", "run", "greenlets of its gevent hub")]
    [InlineData("/opt/venv/eventlet/hubs/hub.py", "run", "greenlets of its eventlet hub")]
    [InlineData("/srv/base_events.py", "_run_once", null)]
    [InlineData("/usr/lib/python3.12/asyncio/base_events.py", "create_task", null)]
    public void The_traceback_of_a_thread_in_an_event_loop_says_how_to_see_its_tasks(string file, string function, string? work)
        => Assert.Equal(
            work is null ? [] : [$"    (tasks) Get-PyTask 112 shows the {work}"],
            ThreadText.Of(Samples.Thread(Samples.Frame("<module>", "a.py", 1), Samples.Frame(function, file, 2), Samples.Frame("select", "selectors.py", 3))).Split('\n').Where(line => line.Contains("(tasks)", StringComparison.Ordinal)));

    private static string Text(PyTask task) => string.Join('\n', new TaskFormat(isTree: false).Lines(PSObject.AsPSObject(task)));
}
