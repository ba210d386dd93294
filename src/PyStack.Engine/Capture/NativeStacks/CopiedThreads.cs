using System.Collections.Generic;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>The threads of a pause as the unwinder wants them.</summary>
internal static class CopiedThreads
{
    /// <summary>They can be used until the copier copies again.</summary>
    public static List<NativeThread> From(StackCopier stacks, PauseReport report)
    {
        ThreadRegisters layout = ProcessorCatalogue.OfObserver.Registers;
        List<NativeThread> threads = new(stacks.Count);
        for (int i = 0; i < stacks.Count; i++)
        {
            RegisterSet registers = default;
            if (layout.TryDecode(stacks.RegistersAt(i), ref registers))
            {
                threads.Add(new NativeThread(stacks.ThreadIdAt(i), registers, stacks.StackAt(i), report.HasUnstoppedThread ? NativeMoment.BetweenEqualFrames : NativeMoment.SameAsPython)
                {
                    All = stacks.RegistersAt(i).ToArray(),
                    Ranges = stacks.RangesAt(i),
                });
            }
        }

        return threads;
    }
}
