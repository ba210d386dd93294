using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Saving;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A core that was saved of a process says of it what the process said at that moment.</summary>
public sealed class CoreSavingTests : IDisposable
{
    private static readonly StackOptions Plain = Captures.Blocking;
    private static readonly StackOptions All = Plain with { Native = NativeMode.AllThreads, Locals = new ValueOptions() };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Threads_and_tasks_of_the_core_are_those_of_the_process(string interpreter)
    {
        using Target target = Start(interpreter);
        foreach (StackOptions options in (StackOptions[])[Plain with { NoBlock = true }, All, Plain])
        {
            CoreSaving saving = new(options, isRedacted: options.Native == NativeMode.None, SilentLog.Instance, TestContext.Current.CancellationToken);
            string path = Save(saving, target, options.Native == NativeMode.None ? "plain.core" : "all.core");

            AssertSame(saving.Threads, ReadThreads(path, options));
            AssertSame(saving.Tasks, ReadTasks(path, options));
            AssertIsOf(target, saving.Threads);
            Assert.Equal(InterpreterSet.Named(interpreter).IsAtLeast(3, 6) ? ["holds", "holds", "main", "reads", "sleeps", "waits_for"] : [], saving.Tasks.Select(task => task.Coroutine).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>What is copied while the process is stopped, and what was copied before that, are one image.</summary>
    [Theory]
    [MemberData(nameof(Rows.KindsOfBuild), MemberType = typeof(Rows))]
    public void Frames_and_variables_of_a_process_that_runs_are_those_of_the_moment(string interpreter)
    {
        using Heartbeat target = new(InterpreterSet.Named(interpreter), threads: 3);
        StackOptions options = Plain with { Locals = new ValueOptions() };
        for (int i = 0; i < TestMatrix.Count(5, 200); i++)
        {
            CoreSaving saving = new(options, isRedacted: false, SilentLog.Instance, TestContext.Current.CancellationToken);
            string path = Save(saving, target.Target, "running.core");

            AssertSame(FramesOf(saving.Threads), FramesOf(ReadThreads(path, options)));
        }

        target.AssertGoesOn();
    }

    [Fact]
    public void A_deadlock_of_the_process_is_found_in_the_core()
    {
        using Target target = Start(InterpreterSet.Any.Name);
        PyDeadlock[] live = DeadlockSearch.OfProcess(target.ProcessId, Plain, SilentLog.Instance, TestContext.Current.CancellationToken);
        string path = Save(Saver(Plain), target, "deadlock.core");

        PyDeadlock[] found = DeadlockSearch.OfCore(path, new CoreSearch(), Plain, SilentLog.Instance, TestContext.Current.CancellationToken);

        Assert.Equal(["takes-first takes-second", "holds holds"], found.Select(one => string.Join(' ', one.Threads.Select(thread => thread.PythonName).Concat(one.Tasks.Select(task => task.Coroutine)).Order(StringComparer.Ordinal))));
        Assert.Equal(live.SelectMany(one => one.Description), found.SelectMany(one => one.Description));
    }

    [Fact]
    public void Stacks_are_read_where_the_files_of_the_process_are_not()
    {
        using Target target = Start(InterpreterSet.Any.Name);
        CoreSaving saving = Saver(Plain with { Locals = new ValueOptions() });
        string path = Save(saving, target, "elsewhere.core");
        byte[] bytes = File.ReadAllBytes(path);
        foreach (string file in Mapped(target))
        {
            byte[] name = Encoding.UTF8.GetBytes(file);
            for (int at = bytes.AsSpan().IndexOf(name); at >= 0; at = bytes.AsSpan().IndexOf(name))
            {
                bytes[at] = (byte)'-';
            }
        }

        File.WriteAllBytes(path, bytes);

        AssertSame(FramesOf(saving.Threads), FramesOf(ReadThreads(path, Plain with { Locals = new ValueOptions() })));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gdb_sees_the_native_stacks_that_the_process_has(bool isRedacted)
    {
        Interpreter interpreter = InterpreterSet.All.LastOrDefault(one => one.Name.Contains("pyenv", StringComparison.Ordinal)) ?? InterpreterSet.Any;
        using Target target = Start(interpreter.Name);
        CoreSaving saving = new(All with { Locals = null }, isRedacted, SilentLog.Instance, TestContext.Current.CancellationToken);
        string path = Save(saving, target, "native.core");

        AssertSame(saving.Threads, ReadThreads(path, All with { Locals = null }));
        Dictionary<int, List<GdbFrame>> ofCore = GdbOracle.StacksOfCore(File.ResolveLinkTarget($"/proc/{target.ProcessId}/exe", returnFinalTarget: false)!.FullName, path);
        Dictionary<int, List<GdbFrame>> ofProcess = GdbOracle.Stacks(target.ProcessId);

        Assert.Equal(ProcOracle.Threads(target.ProcessId), ofCore.Keys.Order());
        foreach ((int thread, List<GdbFrame> frames) in ofProcess)
        {
            Assert.Equal(frames, ofCore[thread]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Redacted_cores_have_no_values(bool hasNative)
    {
        using Target target = Start(InterpreterSet.Any.Name);
        StackOptions options = hasNative ? All with { Locals = null } : Plain;

        string whole = Text(Save(Saver(options with { Locals = new ValueOptions(0, IsRedacted: false) }), target, "whole.core"));
        string redacted = Text(Save(new CoreSaving(options, isRedacted: true, SilentLog.Instance, TestContext.Current.CancellationToken), target, "redacted.core"));

        Assert.Contains("s3cret-of-a-variable", whole, StringComparison.Ordinal);
        Assert.Contains("s3cret-of-a-task", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-of-", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-in-a-global", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("a value of 7", redacted, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_the_process_is_not_saved()
    {
        using Target target = Start(InterpreterSet.Any.Name);

        Assert.DoesNotContain("an-environment-of-secrets", Text(Save(Saver(All), target, "environment.core")), StringComparison.Ordinal);
    }

    [Fact]
    public void Greenlets_of_the_core_are_those_of_the_process()
    {
        GreenletInstall? install = GreenletSet.All.Count > 0 ? GreenletSet.All[^1] : null;
        Assert.SkipWhen(install is null, GreenletSet.None);
        using Target target = install.Start("greenlet_tasks.py");
        target.ReadLine();
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to wait");
        CoreSaving saving = Saver(Plain);
        string path = Save(saving, target, "greenlets.core");

        Assert.Contains(saving.Tasks, task => task.Kind == PyTaskKind.Greenlet && task.State == PyTaskState.Waiting);
        AssertSame(saving.Tasks, ReadTasks(path, Plain));
        AssertSame(saving.Threads, ReadThreads(path, Plain));
    }

    [Fact]
    public void Readelf_and_gdb_find_what_the_kernel_would_have_written()
    {
        using Target target = Start(InterpreterSet.Any.Name);
        string path = Save(Saver(All), target, "elf.core");
        string notes = Toolchain.Run("readelf", "--wide", "-n", path);
        string segments = Toolchain.Run("readelf", "--wide", "-l", path);

        Assert.Equal(ProcOracle.Threads(target.ProcessId).Count, Count(notes, "NT_PRSTATUS"));
        Assert.All((string[])["NT_PRPSINFO", "NT_AUXV", "NT_FILE", "PyStack"], name => Assert.Equal(1, Count(notes, name)));
        string files = Toolchain.Run("gdb", [.. Toolchain.QuietGdb, "-ex", "info proc mappings", "-c", path]);
        Assert.All(Mapped(target), file => Assert.Contains(file, files, StringComparison.Ordinal));
        Assert.Contains("CORE (Core file)", Toolchain.Run("readelf", "-h", path), StringComparison.Ordinal);
        Assert.True(Count(segments, "LOAD") > 50, segments);
    }

    [Fact]
    public void A_core_says_what_was_not_saved()
    {
        using Target target = Start(InterpreterSet.Any.Name);
        string path = Save(Saver(Plain), target, "plain.core");
        RecordingLog log = new();
        using (StackSession session = StackSession.OpenCore(path, new CoreSearch(), All, log, TestContext.Current.CancellationToken))
        {
            Assert.All(session.Take(), thread => Assert.All(thread.Frames, frame => Assert.Null(frame.Locals)));
        }

        Assert.Equal(["saved without -Native", "saved without -Locals"], log.Warnings.Select(one => one[one.IndexOf("saved", StringComparison.Ordinal)..]).Select(one => one[..one.IndexOfAny([':', '.'])]));
        Assert.Equal($"The core file was saved by Save-PyCore on {Environment.MachineName} while the process ran", CoreSummary.Describe(path, new CoreSearch(), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken).Reason);
    }

    private static CoreSaving Saver(StackOptions options) => new(options, isRedacted: false, SilentLog.Instance, TestContext.Current.CancellationToken);

    private static string Text(string path) => Encoding.Latin1.GetString(File.ReadAllBytes(path));

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private static IEnumerable<string> Mapped(Target target)
        => File.ReadAllLines($"/proc/{target.ProcessId}/maps").Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts.Length == 6 && parts[4] != "0").Select(parts => parts[5].Trim()).Distinct();

    private static List<PyFrame> FramesOf(IEnumerable<PyThread> threads) => [.. threads.SelectMany(thread => thread.Frames)];

    private static void AssertIsOf(Target target, IReadOnlyList<PyThread> threads)
    {
        Assert.Equal(ProcOracle.Threads(target.ProcessId).Count, threads.Count);
        Assert.All(threads, thread => Assert.True(thread.IsCoherent, string.Join(' ', thread.Warnings)));
    }

    private static Target Start(string interpreter)
    {
        Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "saved.py", new TargetOptions { IsKilledAtEnd = true, Environment = new Dictionary<string, string> { ["TOKEN"] = "an-environment-of-secrets" } });
        Assert.Equal("ready", target.ReadLine());
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).All(thread => ProcOracle.State(target.ProcessId, thread) == 'S'), "it does not come to rest");
        return target;
    }

    private string Save(CoreSaving saving, Target target, string name)
    {
        string path = Path.Combine(_folder.Path, name);
        SavedCore core = saving.Take(target.ProcessId);
        using FileStream file = File.Create(path);
        _ = core.Write(file, TestContext.Current.CancellationToken);
        return path;
    }

    private static PyThread[] ReadThreads(string path, StackOptions options)
    {
        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), options with { NoBlock = false }, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Take();
    }

    private static PyTask[] ReadTasks(string path, StackOptions options)
    {
        TaskReader reader = new(TaskOptions.Default, options.Locals, Limits.Default);
        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), options with { NoBlock = false, Native = NativeMode.None, Also = reader }, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.CaptureTasks(reader, TestContext.Current.CancellationToken);
    }

    // Whole objects, but for where they come from.
    private static void AssertSame<T>(IReadOnlyList<T> process, IReadOnlyList<T> core)
        => Assert.Equal(process.Select(Written), core.Select(Written));

    private static string Written<T>(T one)
    {
        JsonObject written = JsonSerializer.SerializeToNode(one, Indented)!.AsObject();
        foreach (string name in (string[])["Source", "Path", "CoreSummary"])
        {
            written.Remove(name);
        }

        return written.ToJsonString(Indented);
    }
}
