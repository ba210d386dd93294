using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Saving;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.Modes;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>
/// A core that was saved on an aarch64 machine with pointer authentication, of a Python whose code signs its return addresses (tests/Programs/signed_threads.py); what gdb said there of the living process is
/// beside it. Read on any machine.
/// </summary>
public sealed class SignedCoreTests : IDisposable
{
    private const string Name = "arm64-signed-3.14";

    // What signed_threads.py is in, outermost first, without what threading has around it.
    private static readonly string[] Expected = ["<module> reader <lambda>", "sleeper sleeper sleeper sleeper", "waiter key wait wait", "locker", "poller"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Native_stacks_are_those_that_gdb_saw()
    {
        string folder = Unpack();
        Dictionary<int, List<GdbFrame>> gdb = GdbOracle.Parse(File.ReadAllText(Path.Combine(folder, "gdb.txt")));
        using CoreProcess core = CoreProcess.Open(Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "root")), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);
        using CoreCapture capture = new(core, [], StackOptions.Default with { Native = NativeMode.AllThreads });
        using NativeStackReader reader = new(core, Limits.Default, SilentLog.Instance);
        List<NativeThread> threads = [.. capture.Capture(TestContext.Current.CancellationToken).NativeThreads];

        Assert.Equal(Expected.Length, threads.Count);
        foreach (NativeThread thread in threads)
        {
            NativeFrame[] ours = [.. reader.Read(thread).Frames.Where(frame => !frame.IsInlined)];
            GdbFrame[] theirs = [.. gdb[thread.ThreadId].Where(frame => frame.Kind != "inline")];
            ulong[] addresses = [.. theirs.Select(frame => frame.Address)];
            Assert.Equal(addresses, ModeTableTests.AsStopped(addresses, [.. ours.Select(frame => frame.Address)]));
        }
    }

    [Fact]
    public void Python_frames_are_the_programs_and_merged_with_native_ones()
    {
        string folder = Unpack();
        using StackSession session = StackSession.OpenCore(
            Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "root")), Captures.Native, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();

        Assert.Equal(Expected, threads.Select(thread => CoreFixture.Functions(thread).Replace("_bootstrap _bootstrap_inner run ", "", StringComparison.Ordinal)));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings)));
    }

    /// <summary>Makes the core and gdb's words, on such a machine: <c>docs/adding-an-architecture.md</c> says how the fixture is made of them.</summary>
    [Fact(Explicit = true)]
    public void Record()
    {
        string? folder = Environment.GetEnvironmentVariable("PYSTACK_RECORD");
        Interpreter? interpreter = InterpreterSet.All.LastOrDefault(one => one is { HasOwnRoot: true, Minor: 14 });
        Assert.SkipWhen(folder is null || interpreter is null, "no folder in PYSTACK_RECORD, or no 3.14 in a root of its own");
        using Target target = Target.StartSilent(interpreter, "signed_threads.py", new TargetOptions { IsKilledAtEnd = true });
        Assert.Equal("started", target.ReadLine());
        Wait.Until(() => ProcOracle.Threads(target.ProcessId) is { Count: 5 } threads && threads.All(thread => ProcOracle.State(target.ProcessId, thread) == 'S'), "it does not come to rest");
        CoreSaving saving = new(Captures.Blocking with { Native = NativeMode.AllThreads }, isRedacted: true, SilentLog.Instance, TestContext.Current.CancellationToken);
        SavedCore core = saving.Take(target.ProcessId);
        using (FileStream file = File.Create(Path.Combine(folder, "core")))
        {
            _ = core.Write(file, TestContext.Current.CancellationToken);
        }

        File.WriteAllText(Path.Combine(folder, "gdb.txt"), GdbOracle.Print(target.ProcessId, interpreter));
    }

    private string Unpack()
    {
        Toolchain.Run("tar", "xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", Name + ".tar.xz"), "-C", _folder.Path);
        return Path.Combine(_folder.Path, Name);
    }
}
