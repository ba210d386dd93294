using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.Engine.Waits;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Waits;

/// <summary>What threads wait for is what the program says that they do.</summary>
public sealed class ThreadWaitsTests
{
    [Fact]
    public void Each_thread_waits_for_what_its_program_says() => CompareAll(TargetOptions.Default);

    [Fact]
    public void Sockets_of_another_network_namespace_are_found_in_its_own_tables()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a network namespace is made by root");
        CompareAll(new TargetOptions { Arguments = ["apart"] });
    }

    /// <summary>A file system whose server does not answer, as of NFS without a server: a FUSE daemon that never answers a read.</summary>
    [Fact]
    public void A_file_whose_server_does_not_answer_is_named_and_not_asked()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse"), "only root can mount a FUSE file system, and only where there is /dev/fuse");
        using TemporaryFolder folder = new();
        using Target target = Target.StartSilent(InterpreterSet.Any, "silent_disk.py", new TargetOptions { Arguments = [folder.Path] });
        string file = target.ReadLine();
        Assert.SkipWhen(file.Length == 0, "no FUSE file system can be mounted here");

        PyThread thread = Assert.Single(Captures.Once(target, Captures.Blocking));

        Assert.Equal((PyWaitKind.Disk, "read", $"read from {file} (position 0)"), (thread.Wait!.Kind, thread.Wait.SystemCall, thread.Wait.Description));
    }

    /// <summary>ss(8) of iproute2 knows the other end of a unix socket as well.</summary>
    [Fact]
    public void The_other_end_of_a_unix_socket_is_the_one_that_ss_shows()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ss"), "there is no ss");
        using Target target = Target.StartSilent(InterpreterSet.Any, "waits.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;
        JsonProperty pair = said.EnumerateObject().Single(one => Text(one.Value, "description")!.Contains("unix socket whose other end has", StringComparison.Ordinal));
        PyWait? wait = null;
        Wait.Until(() => (wait = Read(target, int.Parse(pair.Name, CultureInfo.InvariantCulture)))?.Kind == PyWaitKind.Socket, "the thread does not wait");

        // Type, state, two queues, path and number of one end, path and number of the other, and who has the first.
        string own = wait!.Resource!["socket:[".Length..^1];
        string line = Toolchain.Run("ss", "-xpn").Split('\n').Single(one => one.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 7 } columns && columns[7] == own);
        Assert.Contains($"pid={wait.HolderProcessId},", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cores_threads_wait_for_what_their_registers_have()
    {
        using TemporaryFolder folder = new();
        string root = CoreFixture.Unpack(folder);
        using CoreProcess core = CoreProcess.Open(Path.Combine(root, "core"), new CoreSearch(Root: Path.Combine(root, "root")), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);

        Dictionary<int, PyWait> waits = new ThreadWaits(core, [.. core.Threads.ListIds()], Limits.Default, TestContext.Current.CancellationToken).Find().Build();

        // three_threads.py: the first one is in time.sleep(), one in Event.wait(), and one computes.
        Assert.Equal([(PyWaitKind.Sleep, "clock_nanosleep"), (PyWaitKind.Futex, "futex")], waits.OrderBy(pair => pair.Key).Select(pair => (pair.Value.Kind, pair.Value.SystemCall)));
        PyWait wait = waits.Values.Single(one => one.Kind == PyWaitKind.Futex);
        Assert.StartsWith("futex 0x", wait.Description, StringComparison.Ordinal);
        Assert.NotNull(core.Map.Find(Convert.ToUInt64(wait.Object!.Split(' ')[0], 16)));
    }

    [Fact]
    public void A_thread_that_runs_waits_for_nothing()
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;

        Wait.Until(() => Read(target, running) is null, "the thread does not run");
        Assert.Null(Read(target, int.MaxValue));
    }

    private static void CompareAll(TargetOptions options)
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "waits.py", options);
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;

        // A thread says what it will do a moment before it does; a stop makes it begin again.
        Captures.InBothModes(noBlock =>
        {
            string problems = "";
            if (!Wait.Within(Wait.Limit, () => (problems = Compare(said, Captures.Once(target, noBlock ? Captures.NoBlock : Captures.Blocking))).Length == 0))
            {
                Assert.Fail(problems);
            }
        });
    }

    private static PyWait? Read(Target target, int threadId)
    {
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        return new ThreadWaits(process, [threadId], Limits.Default, TestContext.Current.CancellationToken).Find().Build().GetValueOrDefault(threadId);
    }

    private static string Compare(JsonElement said, PyThread[] threads)
    {
        double before = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        List<string> problems = [];
        foreach (JsonProperty one in said.EnumerateObject())
        {
            PyWait? wait = threads.Single(thread => thread.ThreadId == int.Parse(one.Name, CultureInfo.InvariantCulture)).Wait;
            string expected = Text(one.Value, "description")!.Replace("COMM", Text(one.Value, "description")!.Contains("COMM", StringComparison.Ordinal) ? ProcessName(Number(one.Value, "holder")!.Value) : "", StringComparison.Ordinal);
            bool isOpen = one.Value.TryGetProperty("until", out _);
            bool isSame = wait is not null
                && wait.Kind.ToString() == Text(one.Value, "kind")
                && Text(one.Value, "call")!.Split('|').Contains(wait.SystemCall)
                && (isOpen ? wait.Description.StartsWith(expected, StringComparison.Ordinal) : wait.Description == expected)
                && (!one.Value.TryGetProperty("resource", out _) || wait.Resource == Text(one.Value, "resource"))
                && (!one.Value.TryGetProperty("descriptor", out _) || wait.FileDescriptor == Number(one.Value, "descriptor"))
                && (!one.Value.TryGetProperty("gone", out JsonElement gone) || wait.IsHolderGone == gone.GetBoolean())
                && (!one.Value.TryGetProperty("holder", out _) || wait.HolderProcessId == Number(one.Value, "holder"))

                // It began after the program took the time, and went on since the capture.
                && (one.Value.TryGetProperty("until", out JsonElement until) ? wait.Timeout >= until.GetDouble() - before : wait.Timeout is null);
            if (!isSame)
            {
                problems.Add($"{one.Value}: {wait?.Kind} {wait?.SystemCall} {wait?.FileDescriptor} {wait?.Description} | {wait?.Resource} | {wait?.HolderProcessId} | {wait?.Timeout}");
            }
        }

        return string.Join('\n', problems);
    }

    private static string ProcessName(int processId) => File.ReadAllText($"/proc/{processId}/comm").Trim();

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static int? Number(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
}
