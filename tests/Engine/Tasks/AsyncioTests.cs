using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>The tasks of asyncio are those that the program itself has, with the stacks, states and awaiters that it says.</summary>
public sealed class AsyncioTests
{
    public static TheoryData<string> Interpreters => [.. InterpreterSet.All.Where(one => one.Major == 3).Select(one => one.Name)];

    public static TheoryData<string> OnePerSeries => [.. InterpreterSet.OnePerSeries.Where(one => one.Major == 3).Select(one => one.Name)];

    /// <summary>One with weak sets, one with lists.</summary>
    public static TheoryData<string> OfCores => [.. InterpreterSet.OnePerSeries.Where(one => !one.HasOwnRoot && one.Minor is 12 or 14).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void All_tasks_are_found_with_the_stacks_and_awaiters_that_the_program_says(string name)
    {
        using Target target = Start(name, out List<TaskOracle> said);

        Captures.InBothModes(noBlock => Compare(said, Live(target, noBlock)));
    }

    [Theory]
    [MemberData(nameof(OnePerSeries))]
    public void Tasks_that_are_written_in_Python_are_found_as_those_in_C(string name)
    {
        using Target target = Start(name, out List<TaskOracle> said, "python");

        Compare(said, Live(target, noBlock: false));
    }

    [Theory]
    [MemberData(nameof(OnePerSeries))]
    public void In_debug_mode_each_task_says_where_it_was_created(string name)
    {
        using Target target = Start(name, out List<TaskOracle> said, "debug");

        Compare(said, Live(target, noBlock: false));
        Assert.Contains(said, task => task.Created is { Length: > 0 });
    }

    [Theory]
    [MemberData(nameof(OfCores))]
    public void The_tasks_of_a_core_are_those_of_the_process(string name)
    {
        using TemporaryFolder folder = new();
        using Target target = Start(name, out List<TaskOracle> said);
        string tool = Toolchain.Run("sh", "-c", $"gcore -o {folder.Path}/core {target.ProcessId} 2>&1");
        TaskReader reader = new(TaskOptions.Default, null, Limits.Default);
        using StackSession session = StackSession.OpenCore(
            Directory.GetFiles(folder.Path).Single(), new CoreSearch(), Captures.Blocking with { Also = reader }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyTask[] found = session.CaptureTasks(reader, TestContext.Current.CancellationToken);

        // gdb 13 leaves stacks out that have guard pages which no map shows (glibc 2.42), and with them what runs.
        bool isWhole = !tool.Contains("Memory read failed", StringComparison.Ordinal);
        Compare([.. said.Where(task => isWhole || !task.Running)], [.. found.Where(task => isWhole || task.State != PyTaskState.Running)]);
    }

    [Theory]
    [MemberData(nameof(OfCores))]
    public void What_a_program_puts_into_asyncio_s_sets_is_no_task_unless_it_is_one_and_lists_end(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "asyncio_garbage.py");
        string[] expected = JsonSerializer.Deserialize<string[]>(target.ReadLine())!;

        PyTask[] tasks = Live(target, noBlock: false);

        Assert.Equal(string.Join(' ', expected.Order()), string.Join(' ', tasks.Select(task => task.Id).Order()));
    }

    [Theory]
    [MemberData(nameof(OfCores))]
    public void Tasks_of_other_interpreters_of_the_process_are_found(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "asyncio_elsewhere.py", new TargetOptions { Arguments = ["subinterpreter"] });

        PyTask[] tasks = Elsewhere(target, target.ReadLine());

        Assert.All(tasks, task => Assert.Equal(1, task.InterpreterId));
    }

    /// <summary>uvloop's loop has no attribute that says its thread; Debian has it for its own interpreter.</summary>
    [Fact]
    public void Tasks_of_a_loop_in_C_belong_to_the_thread_that_runs_it()
    {
        Interpreter? debian = InterpreterSet.All.FirstOrDefault(one => one.Executable.StartsWith("/usr/bin/", StringComparison.Ordinal));
        Assert.SkipWhen(debian is null, "no interpreter of the system");
        using Target target = Target.StartSilent(debian, "asyncio_elsewhere.py", new TargetOptions { Arguments = ["uvloop"] });
        string said = target.ReadLine();
        Assert.SkipWhen(said == "none", "uvloop is not installed");

        PyTask[] tasks = Elsewhere(target, said);

        // The loop's timers are structs of its own: when one ends is not known.
        Assert.Single(tasks, task => task.Wait is { Kind: PyWaitKind.Sleep, Description: "sleep, 77.0 s in all", Timeout: null });
    }

    private static PyTask[] Elsewhere(Target target, string said)
    {
        JsonElement told = JsonDocument.Parse(said).RootElement;
        PyTask[] tasks = Live(target, noBlock: false);
        Assert.Equal(told.GetProperty("tasks").EnumerateArray().Select(id => id.GetString()).Order(), tasks.Select(task => task.Id).Order());
        Assert.All(tasks, task => Assert.Equal(told.GetProperty("thread").GetInt32(), task.ThreadId));
        Assert.All(tasks, task => Assert.NotEmpty(task.Frames));
        return tasks;
    }

    private static Target Start(string name, out List<TaskOracle> said, params string[] arguments)
    {
        Target target = Target.StartSilent(InterpreterSet.Named(name), "asyncio_tasks.py", new TargetOptions { Arguments = arguments });
        said = JsonSerializer.Deserialize<List<TaskOracle>>(target.ReadLine(), JsonSerializerOptions.Web)!;
        return target;
    }

    private static PyTask[] Live(Target target, bool noBlock)
    {
        TaskReader reader = new(TaskOptions.Default, null, Limits.Default);
        using StackSession session = Captures.Open(target.ProcessId, (noBlock ? Captures.NoBlock : Captures.Blocking) with { Also = reader });
        return session.CaptureTasks(reader, TestContext.Current.CancellationToken);
    }

    private static void Compare(List<TaskOracle> said, PyTask[] found)
    {
        Dictionary<string, PyTask> tasks = found.ToDictionary(task => task.Id);
        List<string> problems = [.. found.Where(task => task.State != PyTaskState.Done && said.All(one => one.Id != task.Id)).Select(task => $"not said: {task}")];
        foreach (TaskOracle one in said)
        {
            if (!tasks.TryGetValue(one.Id, out PyTask? task))
            {
                problems.Add($"not found: {one.Id} {one.Name} {one.Coroutine}");
                continue;
            }

            foreach ((string what, string expected, string is_) in one.Compare(task))
            {
                if (expected != is_)
                {
                    problems.Add($"{what} of {one.Name} {one.Coroutine} {one.Id} is\n  {is_}, not\n  {expected}");
                }
            }
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {said.Count}:\n{string.Join('\n', problems.Take(20))}");
    }
}

/// <summary>What a program says of one of its tasks.</summary>
internal sealed record TaskOracle(
    string Id, string? Name, string Type, string Coroutine, JsonElement[][] Chain, string? Waiter, bool Running, bool Cancelling, string Loop, int Thread,
    string[] Awaiters, string[] AwaitedBy, JsonElement[][]? Created)
{
    public IEnumerable<(string What, string Expected, string Is)> Compare(PyTask task)
    {
        yield return ("name", Name?.Replace("\x1b", "\\x1b", StringComparison.Ordinal) ?? "", task.Name ?? "");
        yield return ("type", Type, task.TypeName ?? "");
        yield return ("coroutine", Coroutine, task.Coroutine ?? "");
        yield return ("chain", Text(Chain), Text(task.Frames));
        yield return ("loop", Loop, task.Loop ?? "");
        yield return ("state", StateText(task.State), task.State.ToString());
        yield return ("awaiters", Text(Expected(task)), Text(task.AwaitedBy));
        yield return ("created", Created is null ? "" : Text(Created), task.CreatedAt is null ? "" : Text(task.CreatedAt));
        yield return ("warnings", "", string.Join(' ', task.Warnings));
        if (Thread != 0)
        {
            // Without a stop, nothing proves that a task without a thread did not change.
            yield return ("coherent", "True", task.IsCoherent.ToString());
            yield return ("thread", $"{Thread}", $"{task.ThreadId}");
        }
    }

    // What asyncio creates itself is awaited by whom only newer versions say.
    private IEnumerable<string> Expected(PyTask task)
        => Coroutine.EndsWith("run_one_coro", StringComparison.Ordinal) ? AwaitedBy.Length > 0 ? AwaitedBy : task.AwaitedBy.Take(1) : Awaiters.Concat(AwaitedBy);

    private string StateText(PyTaskState state)
        => Running ? "Running" : Cancelling ? "Cancelling" : Waiter is not null ? "Waiting" : state is PyTaskState.NotStarted or PyTaskState.Ready ? state.ToString() : "NotStarted or Ready";

    private static string Text(IEnumerable<string> ids) => string.Join(' ', ids.Distinct().Order());

    private static string Text(JsonElement[][] lines) => string.Join(' ', lines.Select(line => $"{line[0]}:{line[1]}"));

    private static string Text(IEnumerable<PyFrame> frames) => string.Join(' ', frames.Select(frame => $"{frame.Function}:{frame.Line}"));
}
