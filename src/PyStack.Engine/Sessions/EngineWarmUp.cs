using System;
using System.Threading;
using PyStack.Engine.Compression;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Goes once through what every first capture goes through, while the user still types: the runtime binds each method at its first call, and that is most of the
/// time of a first capture. It looks at this process only, and stops nothing.
/// </summary>
internal static class EngineWarmUp
{
    private const int StackBytes = 1 << 20;

    /// <summary>Begins on a thread of its own; does nothing where there is no processor to spare.</summary>
    public static void Begin()
    {
        if (Environment.ProcessorCount > 1)
        {
            new Thread(Run, StackBytes) { IsBackground = true, Name = "PyStack warm-up" }.Start();
        }
    }

    private static void Run()
    {
        try
        {
            _ = CodecLibrary.Hash;
            ProcessFacts facts = ProcessFacts.ReadLeader(Environment.ProcessId);
            using (LiveProcess process = LiveProcess.Open(facts.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default))
            {
                PauseRunner.WarmUp(facts, process.Processor.Registers, new NoWork());
            }
        }
        catch (EngineException)
        {
            // Then the first capture says what is wrong.
        }
    }

    private sealed class NoWork : IPauseWork
    {
        public void Run(in StoppedThreads threads)
        {
        }
    }
}
