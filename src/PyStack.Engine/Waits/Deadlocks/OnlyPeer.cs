using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>Proves that one process alone has the other end of a pipe or socket: the descriptors of all processes were looked at, and nobody else has it.</summary>
internal static class OnlyPeer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether the process that a thread waits for is the only one that can end the wait.</summary>
    public static bool Holds(WaitNode node, CancellationToken cancellation)
    {
        if (!CanReadAll())
        {
            return false;
        }

        try
        {
            using LiveProcess process = LiveProcess.Open(node.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
            WaitBudget budget = new(Patience, cancellation);
            OtherEnds ends = new(process, budget);
            Descriptor descriptor = new DescriptorReader(node.ProcessId, budget).Read(node.ThreadId, node.Wait!.FileDescriptor!.Value);
            ends.Want(descriptor);
            ends.Look();
            return ends.IsComplete && ends.ProcessesAt(descriptor) is [int one] && one == node.HolderProcessId;
        }
        catch (EngineException)
        {
            // It has ended.
            return false;
        }
    }

    // Descriptors of processes that may not be read could be the same pipe. The first process is root's, and who may read its descriptors may read all that are seen from here.
    private static bool CanReadAll()
    {
        List<int> numbers = [];
        FolderCalls.ListNumbers(ProcessFacts.Folder(1) + "/fd/", numbers);
        return numbers.Count > 0;
    }
}
