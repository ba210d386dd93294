using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Capture;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class FindPyDeadlockTests
{
    private const string Text =
        """
        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Deadlock of 2 threads in process 112 (python3.12):
          thread 112 (reader) at store.py:92 in read
            waits for lock 0x10, held by thread 113 (writer) at store.py:88

        Traceback for thread 112 (worker-1) [] (most recent call last):
            (Python) File "/srv/store.py", line 92, in read
                with self.lock:
            (waits) for lock 0x10, held by thread 113 (writer) at store.py:88

        The frame stack for thread 113 is empty

        """;

    [Fact]
    public void It_writes_what_the_search_finds_and_nothing_where_it_finds_nothing()
    {
        using EmbeddedShell shell = Shell((id, _) => id == 112 ? [Deadlock(112)] : []);

        Assert.Same(typeof(PyDeadlock), Assert.Single(shell.Run("112, 113 | Find-PyDeadlock")).BaseObject.GetType());
        Assert.Empty(shell.Errors);
        Assert.Equal(2, shell.Run("Find-PyDeadlock -Id 112, 112; Find-PyDeadlock 112; Find-PyDeadlock 113").Count);
    }

    [Fact]
    public void One_of_several_processes_is_written_once_for_all_of_them()
    {
        using EmbeddedShell shell = Shell((id, _) => [Deadlock(id, 112, 113), Deadlock(id, 113, 112), Deadlock(id, id)]);

        Assert.Equal(["112, 113", "112", "113"], shell.Run("112, 113 | Find-PyDeadlock | ForEach-Object { $_.Threads.ThreadId -join ', ' }").Select(one => one.BaseObject));
    }

    [Fact]
    public void What_one_target_lacks_is_an_error_and_the_others_are_read()
    {
        using EmbeddedShell shell = Shell((id, _) => id == 112 ? [Deadlock(112)] : throw new EngineException(EngineError.NotPython, $"Process {id} has no Python.", "Choose another."));

        Assert.Single(shell.Run("0, 7, 112 | Find-PyDeadlock"));
        Assert.Equal(
            [("ProcessNotFound,PyStack.Tests.FakeFindPyDeadlockCommand", (object)0), ("NotPython,PyStack.Tests.FakeFindPyDeadlockCommand", 7)],
            shell.Errors.Select(error => (error.FullyQualifiedErrorId, error.TargetObject)));
    }

    [Fact]
    public void It_stops_nothing_with_NoBlock_and_searches_more_with_Exhaustive()
    {
        List<StackOptions> given = [];
        using EmbeddedShell shell = Shell((_, options) =>
        {
            given.Add(options);
            return [];
        });

        _ = shell.Run("Find-PyDeadlock 112; Find-PyDeadlock 112 -NoBlock -Exhaustive");
        Assert.Equal([(false, false, NativeMode.None), (true, true, NativeMode.None)], given.Select(one => (one.NoBlock, one.Exhaustive, one.Native)));
    }

    /// <summary>Its parameters for targets are those of Get-PyStack, with their types, aliases and sets.</summary>
    [Fact]
    public void It_takes_targets_as_Get_PyStack_does()
    {
        string[] own = ["Count", "Interval", "Locals", "MaxValueLength", "Native", "NativeAll", "NativeLast", "NoRedact", "RedactName"];
        string[] all = Describe("Get-PyStack");

        Assert.Equal(all.Where(one => !own.Contains(one.Split(' ')[0])), Describe("Find-PyDeadlock"));
        Assert.Equal(all.Length - own.Length, Describe("Find-PyDeadlock").Length);
    }

    [Theory]
    [InlineData("$input | Format-PyStack")]
    [InlineData("Format-PyStack $deadlock")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($deadlock)) | Format-PyStack")]
    public void Format_PyStack_writes_a_deadlock_in_words_and_the_tracebacks_of_its_threads(string script)
    {
        using var shell = new EmbeddedShell();
        shell.Set("deadlock", Deadlock(112));
        Collection<PSObject> output = shell.Run(script, Deadlock(112));

        Assert.Empty(shell.Errors);
        Assert.Equal(Text.ReplaceLineEndings("\n"), string.Join('\n', output.Select(line => Assert.IsType<string>(line.BaseObject))));
    }

    [Theory]
    [InlineData("$input | Format-PyStack")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($deadlock)) | Format-PyStack")]
    public void Format_PyStack_writes_the_tasks_of_a_deadlock_before_its_threads(string script)
    {
        PyDeadlock deadlock = new()
        {
            ProcessId = 112,
            Tasks = [TaskSamples.Service[4], TaskSamples.New("0x60", "right", wait: (PyWaitKind.Lock, "lock 0x1, held by thread 113"))],
            Threads = [Samples.Thread("", [], processId: 113)],
            Description = ["Deadlock of 2 tasks and 1 thread"],
        };
        using var shell = new EmbeddedShell();
        shell.Set("deadlock", deadlock);

        Assert.Equal(
            """
            Process 113 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

            Deadlock of 2 tasks and 1 thread

            Task "left" 0x50 of thread 112 [Waiting for task 0x60 (right)] has no frames
                (awaited by) 0x60

            Task "right" 0x60 of thread 112 [Waiting for lock 0x1, held by thread 113] has no frames

            The frame stack for thread 113 is empty

            """.ReplaceLineEndings("\n"),
            string.Join('\n', shell.Run(script, deadlock).Select(line => line.BaseObject)));
    }

    [Fact]
    public void Above_a_deadlock_of_tasks_alone_is_the_line_of_their_process() => Assert.Equal(
        "Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms",
        Traceback.FormatProcessOfDeadlock(PSObject.AsPSObject(new PyDeadlock { ProcessId = 112, Tasks = [TaskSamples.Service[0]] })));

    [Fact]
    public void A_deadlock_whose_threads_are_text_is_refused()
    {
        using var shell = new EmbeddedShell();

        Assert.Empty(shell.Run(
            """
            [pscustomobject]@{ Threads = 'Thread 112 [] f (app.py:1)'; Description = 'Deadlock' } | Format-PyStack
            [pscustomobject]@{ Threads = @([pscustomobject]@{ ThreadId = 112; Frames = 'f (app.py:1)' }); Description = 'Deadlock' } | Format-PyStack
            """));
        Assert.Empty(shell.Run("[pscustomobject]@{ Threads = @(); Tasks = @([pscustomobject]@{ AwaitedBy = @(); Frames = 'f (app.py:1)' }); Description = 'Deadlock' } | Format-PyStack"));
        Assert.Equal("InvalidArgument", Assert.Single(shell.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(shell.Run("[pscustomobject]@{ Threads = 'x'; Description = 'Deadlock' }, [pscustomobject]@{ Threads = @(); Tasks = 'x'; Description = 'Deadlock' } | Format-PyStack"));
        Assert.Equal(["InvalidArgument", "InvalidArgument"], shell.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    private static EmbeddedShell Shell(FakeSearch search)
    {
        var shell = new EmbeddedShell();
        shell.Set("FakeSearch", search);
        return shell;
    }

    private static string[] Describe(string cmdlet)
        => [.. ModuleCmdlets.All[cmdlet].Parameters.Values.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one =>
            $"{one.Name} {one.ParameterType} {string.Join(',', one.Aliases)} {string.Join(';', one.ParameterSets.OrderBy(set => set.Key, StringComparer.Ordinal).Select(set => $"{set.Key} {set.Value.Position} {set.Value.IsMandatory} {set.Value.ValueFromPipeline} {set.Value.ValueFromPipelineByPropertyName}"))}")];

    private static PyDeadlock Deadlock(int processId, params int[] threadIds) => new()
    {
        ProcessId = processId,
        ProcessName = "python3.12",
        Kind = PyDeadlockKind.Cycle,
        Description =
        [
            "Deadlock of 2 threads in process 112 (python3.12):", "  thread 112 (reader) at store.py:92 in read", "    waits for lock 0x10, held by thread 113 (writer) at store.py:88",
        ],
        Threads = threadIds.Length > 0
            ? new PyThreadList(threadIds.Select(id => Samples.Thread("", [], processId: id)))
            :
            [
                Samples.Waiting("lock 0x10, held by thread 113 (writer) at store.py:88", Samples.Frame("read", "/srv/store.py", 92, "    with self.lock:")),
                Samples.Thread("", [], processId: 113),
            ],
    };
}
