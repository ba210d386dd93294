using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Threads and their registers by the one interface of all targets.</summary>
public sealed class ThreadReaderTests
{
    [Fact]
    public void A_sleeping_thread_shows_where_it_sleeps_and_a_running_one_nothing()
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;
        int blocked = target.Oracle.Threads.First(thread => !thread.IsRunning).ThreadId!.Value;
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        IThreadReader threads = process.Threads;

        Assert.Equal(Directory.GetDirectories($"/proc/{target.ProcessId}/task").Select(Path.GetFileName).Order(), threads.ListIds().Select(id => id.ToString(CultureInfo.InvariantCulture)).Order());
        RegisterSet registers = default;
        Wait.Until(() => threads.TryReadRegisters(blocked, ref registers), "the thread does not come to sleep");
        string[] words = File.ReadAllText($"/proc/{target.ProcessId}/task/{blocked}/syscall").Trim().Split(' ');
        Assert.Equal((Hex(words[^2]), Hex(words[^1])), Pointers(process.Processor, registers));
        Assert.False(registers.IsKnown(process.Processor.FramePointer));
        Assert.False(threads.TryGetPthreadId(blocked, out _));

        RegisterSet none = default;
        Wait.Until(() => File.ReadAllText($"/proc/{target.ProcessId}/task/{running}/syscall").Trim() != "running" || !threads.TryReadRegisters(running, ref none), "the thread does not come to run");
        Assert.False(threads.TryReadRegisters(int.MaxValue, ref none));
    }

    [Fact]
    public void A_stopped_thread_shows_the_stack_pointer_that_its_registers_have()
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        Asking work = new(process.Threads, process.Processor);

        // On a busy machine a thread may not come to a stop in time.
        Wait.Until(
            () =>
            {
                work.StackPointers.Clear();
                process.RunStopped(work, readsRegisters: true, TestContext.Current.CancellationToken);
                return work.StackPointers.Count > 1;
            },
            "the threads are not stopped");

        Assert.All(work.StackPointers, pair => Assert.Equal(pair.Traced, pair.Read));
    }

    [Fact]
    public void A_cores_threads_are_those_of_its_notes()
    {
        using TemporaryFolder folder = new();
        string root = CoreFixture.Unpack(folder);
        using CoreProcess core = CoreProcess.Open(Path.Combine(root, "core"), new CoreSearch(Root: Path.Combine(root, "root")), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);
        IThreadReader threads = core.Threads;

        int[] tids = [.. File.ReadAllText(Path.Combine(root, "tids")).Split([' ', '\n', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => int.TryParse(word, out int id) ? id : 0).Where(id => id > 0)];
        Assert.Equal(3, threads.ListIds().Count);
        Assert.Equal(ElfMachine.Arm64, core.Processor.Machine);
        foreach (int id in threads.ListIds())
        {
            RegisterSet registers = default;
            Assert.Contains(id, tids);
            Assert.True(threads.TryReadRegisters(id, ref registers));
            (ulong stackPointer, ulong instructionPointer) = Pointers(core.Processor, registers);
            Assert.True(core.Map.Find(stackPointer)!.IsWritable);
            Assert.NotEqual((RegionAccess)0, core.Map.Find(instructionPointer)!.Access & RegionAccess.Execute);
            Assert.False(threads.TryGetPthreadId(id, out _));
        }

        RegisterSet none = default;
        Assert.False(threads.TryReadRegisters(tids.Max() + 1, ref none));
        Assert.Equal(core.WrittenAt, ((ITarget)core).FrozenAt);
    }

    [Theory]
    [InlineData("202 0x7f 0x189 0x0 0x0 0x0 0xffffffff 0x7ffe0010 0x7f3380", 202, 0x7ffe0010, 0x7f3380)]
    [InlineData("-1 0x7ffe0010 0x7f3380", -1, 0x7ffe0010, 0x7f3380)]
    public void A_line_of_syscall_has_number_and_pointers(string line, long number, ulong stackPointer, ulong instructionPointer)
    {
        Assert.True(BlockedCall.TryParse(line, out BlockedCall call));
        Assert.Equal(new BlockedCall(number, stackPointer, instructionPointer), call);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("")]
    [InlineData("0x10 0x20")]
    [InlineData("-1 0x0 0x7f3380")]
    [InlineData("-1 0x7ffe0010 7f3380")]
    [InlineData("x 0x7ffe0010 0x7f3380")]
    public void A_line_without_them_is_refused(string line) => Assert.False(BlockedCall.TryParse(line, out _));

    private static (ulong StackPointer, ulong InstructionPointer) Pointers(Processor processor, RegisterSet registers)
    {
        Assert.True(registers.TryGet(processor.StackPointer, out ulong stackPointer));
        Assert.True(registers.TryGet(processor.InstructionPointer, out ulong instructionPointer));
        return (stackPointer, instructionPointer);
    }

    private static ulong Hex(string word) => Convert.ToUInt64(word, 16);

    private sealed class Asking(IThreadReader threads, Processor processor) : IPauseWork
    {
        public List<(ulong Traced, ulong Read)> StackPointers { get; } = [];

        public void Run(in StoppedThreads stopped)
        {
            for (int i = 0; i < stopped.Count; i++)
            {
                if (stopped.TryGetRegisters(i, out ReadOnlySpan<byte> general))
                {
                    RegisterSet registers = default;
                    _ = threads.TryReadRegisters(stopped.ThreadIdAt(i), ref registers);
                    _ = registers.TryGet(processor.StackPointer, out ulong read);
                    StackPointers.Add((processor.Registers.StackPointer(general), read));
                }
            }
        }
    }
}
