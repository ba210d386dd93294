using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Tasks;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class GetPyTaskTests
{
    private static EmbeddedShell Shell(FakeTasks tasks)
    {
        var shell = new EmbeddedShell();
        shell.Set("FakeTasks", tasks);
        return shell;
    }

    private static EmbeddedShell ShellWithIds(List<int> ids) => Shell((id, _, _, _, _) =>
    {
        ids.Add(id);
        return [TaskSamples.New($"0x{id:x}", "a", processId: id)];
    });

    /// <summary>Its parameters for targets and for variables are those of Get-PyStack, with their types, aliases and sets.</summary>
    [Fact]
    public void It_takes_targets_as_Get_PyStack_does()
    {
        string[] ofThreads = ["Count", "Interval", "Native", "NativeAll", "NativeLast"];
        string[] ofTasks = ["Kind", "Tree"];

        Assert.Equal(Describe("Get-PyStack").Where(one => !ofThreads.Contains(one.Split(' ')[0])), Describe("Get-PyTask").Where(one => !ofTasks.Contains(one.Split(' ')[0])));
    }

    [Theory]
    [InlineData("112, 113 | Get-PyTask")]
    [InlineData("'112', '113' | Get-PyTask")]
    [InlineData("$processes | Get-PyTask")]
    [InlineData("$threads | Get-PyTask")]
    [InlineData("$tasks | Get-PyTask")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($tasks)) | Get-PyTask")]
    [InlineData("[pscustomobject]@{ ProcessId = 112; Id = '0x1'; Frames = @(); AwaitedBy = @() }, 113 | Get-PyTask")]
    [InlineData("Get-PyTask -ProcessName serv*")]
    public void What_names_a_process_binds_to_it(string script)
    {
        List<int> ids = [];
        using EmbeddedShell shell = ShellWithIds(ids);
        shell.Set("processes", new[] { Samples.Process(112, "a"), Samples.Process(113, "b") });
        shell.Set("threads", new[] { Samples.Thread("", [], processId: 112), Samples.Thread("", [], processId: 113), Samples.Thread("", [], processId: 113) });
        shell.Set("tasks", new[] { TaskSamples.New("0x1", "a", processId: 112), TaskSamples.New("0x2", "a", processId: 113) });

        Assert.Equal(["0x70", "0x71"], shell.Run(script).Select(one => ((PyTask)one.BaseObject).Id));
        Assert.Equal([112, 113], ids);
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public void The_id_of_a_task_is_never_taken_for_that_of_a_process()
    {
        List<int> ids = [];
        using EmbeddedShell shell = ShellWithIds(ids);
        shell.Set("tasks", new[] { TaskSamples.New("0x70", "a", processId: 7) });

        shell.Run("$tasks | Select-Object Id, ProcessId | Get-PyTask");
        Assert.Empty(ids);
        Assert.Single(shell.Errors);
    }

    [Fact]
    public void Tasks_name_their_process_for_Get_PyStack()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(id => [Samples.Thread("", [], processId: id)]);
        shell.Set("tasks", TaskSamples.Service);

        Assert.Equal(112, ((PyThread)Assert.Single(shell.Run("$tasks | Get-PyStack")).BaseObject).ProcessId);
    }

    [Fact]
    public void Its_switches_go_to_the_engine()
    {
        List<string> given = [];
        using EmbeddedShell shell = Shell((_, reader, options, _, _) =>
        {
            given.Add($"{options.NoBlock} {options.Exhaustive} {ReferenceEquals(options.Also, reader)} {options.Locals is null}");
            return [];
        });

        shell.Run("Get-PyTask 112; Get-PyTask 112 -NoBlock -Exhaustive -Kind Greenlet -Locals");
        Assert.Equal(["False False True True", "True True True True"], given);
        Assert.Empty(shell.Errors);
        Assert.Empty(shell.Streams.Warning);
    }

    [Theory]
    [InlineData("Get-PyTask 112 -Kind Thread")]
    [InlineData("Get-PyTask 112 -Kind @()")]
    public void A_kind_that_does_not_exist_is_refused(string script)
    {
        using EmbeddedShell shell = ShellWithIds([]);

        Assert.Empty(shell.Run($"try {{ {script} }} catch {{ $failure = $_ }}"));
        Assert.Equal(true, shell.Run("$failure.FullyQualifiedErrorId -like '*Argument*,PyStack.Tests.FakeGetPyTaskCommand'").Single().BaseObject);
    }

    [Fact]
    public void Without_tasks_it_is_silent_and_Verbose_says_why()
    {
        using EmbeddedShell shell = Shell((_, _, _, _, _) => []);

        Assert.Empty(shell.Run("Get-PyTask 112 -Kind Trio, Greenlet -Verbose"));
        Assert.Empty(shell.Errors);
        Assert.Empty(shell.Streams.Warning);
        Assert.Equal(
            ["There are no tasks in process 112: it runs no event loop and has no greenlets of the kinds that were asked for (Trio, Greenlet)."], shell.Streams.Verbose.Select(one => one.Message));
    }

    [Fact]
    public void Tree_gives_the_same_objects_with_a_type_name_that_selects_the_tree()
    {
        using EmbeddedShell shell = Shell((_, _, _, _, _) => [TaskSamples.New("0x1", "a"), TaskSamples.New("0x2", "b", parent: "0x1", depth: 1, branch: "└─ ")]);
        Collection<PSObject> tasks = shell.Run("Get-PyTask 112 -Tree");

        Assert.All(tasks, task => Assert.IsType<PyTask>(task.BaseObject));
        Assert.All(tasks, task => Assert.Equal(["PyStack.PyTask#Tree", "PyStack.PyTask", "System.Object"], task.TypeNames));
        Assert.All(shell.Run("Get-PyTask 112"), task => Assert.Equal("PyStack.PyTask", task.TypeNames[0]));
    }

    [Fact]
    public void What_one_target_lacks_is_an_error_and_the_others_are_read()
    {
        using EmbeddedShell shell = Shell((id, _, _, _, _) => id == 112 ? [TaskSamples.New("0x1", "a")] : throw new EngineException(EngineError.NotPython, $"Process {id} has no Python.", "Choose another."));

        Assert.Single(shell.Run("0, 7, 112 | Get-PyTask"));
        Assert.Equal(["ProcessNotFound,PyStack.Tests.FakeGetPyTaskCommand", "NotPython,PyStack.Tests.FakeGetPyTaskCommand"], shell.Errors.Select(error => error.FullyQualifiedErrorId));
    }

    [Fact]
    public void What_is_read_for_long_is_reported_and_the_bar_is_taken_away()
    {
        using EmbeddedShell shell = Shell((_, _, _, log, _) =>
        {
            TaskProgress progress = new(log, TimeSpan.Zero);
            for (int i = 1; i <= 3000; i++)
            {
                progress.Report("frames", i, 100_000);
            }

            return [];
        });

        shell.Run("Get-PyTask 112");
        // The second and third thousand come within the time between two reports.
        Assert.Equal(("Reading Python tasks", "frames, 1,000 of 100,000", 1), shell.Streams.Progress.Select(one => (one.Activity, one.StatusDescription, one.PercentComplete)).First());
        Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress.Last().RecordType);
    }

    [Fact]
    public async Task Stop_cancels_the_engine_and_ends_the_pipeline()
    {
        using var working = new ManualResetEventSlim();
        using EmbeddedShell shell = Shell((_, _, _, _, cancellation) =>
        {
            working.Set();
            cancellation.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellation);
        });

        using PowerShell pipeline = shell.NewPipeline().AddScript("112 | Get-PyTask");
        IAsyncResult running = pipeline.BeginInvoke();
        working.Wait(TestContext.Current.CancellationToken);
        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
        Assert.Empty(pipeline.Streams.Error);
    }

    private const string Text =
        """
        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Task "consumer" 0x40 of thread 112 [Waiting for Queue.get of asyncio.Queue (empty, 0 of 10)] (most recent call last):
            (Python) File "/srv/app.py", line 21, in consume
                item = await queue.get()
            (Python) File "/usr/lib/python3.12/asyncio/queues.py", line 158, in get
                await getter
            (awaited by) 0x20, 0x30

        """;

    private const string Tree =
        """
        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Task "main" 0x10 of thread 112 [Waiting for 2 tasks] main (app.py:40)
        ├─ Task "one" 0x20 [Waiting for task 0x40 (consumer)] wait (app.py:9)
        │  └─ Task "consumer" 0x40 [Waiting for Queue.get of asyncio.Queue (empty, 0 of 10)] consume (app.py:21) > get (queues.py:158) (also awaited by 0x30)
        └─ Task "two" 0x30 [Waiting for task 0x40 (consumer)] wait (app.py:9)
        ↻ Task "left" 0x50 of thread 112 [Waiting for task 0x60 (right)] (awaited by 0x60)
        └─ Task "right" 0x60 [Waiting for task 0x50 (left)]

        Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Task "other" 0x10 of thread 112 [Running]
        """;

    [Theory]
    [InlineData("$input | Format-PyStack")]
    [InlineData("Format-PyStack $task")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($task)) | Format-PyStack")]
    public void Format_PyStack_writes_a_task_as_its_traceback(string script)
    {
        using var shell = new EmbeddedShell();
        shell.Set("task", TaskSamples.Service[2]);

        Assert.Equal(Text.ReplaceLineEndings("\n"), Lines(shell.Run(script, TaskSamples.Service[2])));
        Assert.Empty(shell.Errors);
    }

    [Theory]
    [InlineData("Get-PyTask 112, 140 -Tree | Format-PyStack")]
    [InlineData("Get-PyTask 112, 140 | Format-PyStack -Tree")]
    [InlineData("Get-PyTask 112, 140 -Tree | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } | Format-PyStack")]
    public void Format_PyStack_writes_a_tree_as_its_lines(string script)
    {
        PyTask[] service = [.. TaskSamples.Service.Select(Copy)];
        using EmbeddedShell shell = Shell((id, _, _, _, _) => id == 112 ? service : [TaskSamples.New("0x10", "other", PyTaskState.Running, processId: 140)]);

        Assert.Equal(Tree.ReplaceLineEndings("\n"), Lines(shell.Run(script)));
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public void Tasks_of_a_tree_and_threads_are_apart()
    {
        using var shell = new EmbeddedShell();

        Assert.Equal(
            [Tree.Split('\n')[0].TrimEnd('\r'), "", "Task \"a\" 0x1 of thread 112 [Running]", "", "The frame stack for thread 112 is empty", ""],
            shell.Run("$input | Format-PyStack -Tree", TaskSamples.New("0x1", "a", PyTaskState.Running), Samples.Thread("", [])).Select(line => line.BaseObject));
    }

    [Theory]
    [InlineData("'main (app.py:17) > first (app.py:6)'")]
    [InlineData("@('main (app.py:17)')")]
    public void A_task_whose_frames_are_text_is_refused(string frames)
    {
        using var shell = new EmbeddedShell();

        Assert.Empty(shell.Run($"[pscustomobject]@{{ Id = '0x1'; AwaitedBy = @(); Frames = {frames} }} | Format-PyStack"));
        Assert.Contains("The frames of this task are text only", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
    }

    private static PyTask Copy(PyTask task) => (PyTask)Rehydration.Copy(typeof(PyTask), PSObject.AsPSObject(PSSerializer.Deserialize(PSSerializer.Serialize(task, 4))));

    private static string Lines(Collection<PSObject> output) => string.Join('\n', output.Select(line => Assert.IsType<string>(line.BaseObject)));

    private static string[] Describe(string cmdlet)
        => [.. ModuleCmdlets.All[cmdlet].Parameters.Values.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one =>
            $"{one.Name} {one.ParameterType} {string.Join(',', one.Aliases)} {string.Join(';', one.ParameterSets.OrderBy(set => set.Key, StringComparer.Ordinal).Select(set => $"{set.Key} {set.Value.Position} {set.Value.IsMandatory} {set.Value.ValueFromPipeline} {set.Value.ValueFromPipelineByPropertyName}"))}")];
}
