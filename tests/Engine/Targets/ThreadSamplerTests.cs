using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Registers and stacks of threads that are not stopped.</summary>
public sealed class ThreadSamplerTests
{
    [Fact]
    public void A_blocked_thread_is_read_and_a_running_one_sampled()
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;
        int blocked = target.Oracle.Threads.First(thread => !thread.IsRunning).ThreadId!.Value;
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        ThreadSampler sampler = new(process.Processor, process.Facts, process.Map, process.Memory, Limits.Default);

        Dictionary<int, SampledThread> samples = [];

        Wait.Until(
            () => (samples = sampler.Sample([running, blocked], TestContext.Current.CancellationToken)).Keys.ToHashSet().SetEquals([running, blocked]),
            "the running thread does not come to be sampled");

        Assert.True(samples[blocked].IsCoherent);
        Assert.False(samples[running].IsCoherent);
        string[] syscall = File.ReadAllText($"/proc/{target.ProcessId}/task/{blocked}/syscall").Split(' ');
        Assert.Equal([Hex(syscall[^2]), Hex(syscall[^1])], samples[blocked].Registers.Select(register => register.Value));
        Assert.NotEmpty(samples[blocked].Stack);

        ulong instruction = samples[running].Registers.Single(register => register.Register == process.Processor.InstructionPointer).Value;
        Assert.Contains(RegionAccess.Execute, new[] { process.Map.Find(instruction)!.Access & RegionAccess.Execute });
        Assert.True(samples[running].Registers.Length > 16);
        Assert.NotEmpty(samples[running].Stack);
    }

    [Fact]
    public void The_sampled_stack_is_what_stands_at_its_stack_pointer()
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        ThreadSampler sampler = new(process.Processor, process.Facts, process.Map, process.Memory, Limits.Default);

        // The outermost frames of a thread do not change while it lives, but for what the kernel notes there when the thread goes to another processor (rseq).
        Wait.Until(
            () =>
            {
                if (!sampler.Sample([running], TestContext.Current.CancellationToken).TryGetValue(running, out SampledThread? sample))
                {
                    return false;
                }

                ulong stackPointer = sample.Registers.Single(register => register.Register == process.Processor.StackPointer).Value;
                byte[] now = new byte[sample.Stack.Length];
                return process.Memory.Read(stackPointer, now) == now.Length && sample.Stack.AsSpan(^1024..).SequenceEqual(now.AsSpan(^1024..));
            },
            "the outer end of the stack is another");
    }

    private static ulong Hex(string word) => Convert.ToUInt64(word.Trim(), 16);
}
