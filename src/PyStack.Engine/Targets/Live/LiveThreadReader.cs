using System.Collections.Generic;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// The registers of a running process's threads, as far as procfs has them. All registers of threads that are stopped come with the pause
/// (<see cref="Stopping.StoppedThreads"/>), since ptrace(2) gives them to the tracing OS thread alone.
/// </summary>
internal sealed class LiveThreadReader(Processor processor, ProcessFacts facts) : IThreadReader
{
    private readonly RunCounts _counts = new(facts);
    private readonly string _tasks = ProcessFacts.Folder(facts.ProcessId) + "/task/";

    public IReadOnlyList<int> ListIds() => ThreadDirectory.List(_tasks);

    public bool TryReadRegisters(int threadId, ref RegisterSet registers)
    {
        if (!BlockedCall.TryParse(_counts.BlockedAt(threadId), out BlockedCall blocked))
        {
            return false;
        }

        registers.Set(processor.StackPointer, blocked.StackPointer);
        registers.Set(processor.InstructionPointer, blocked.InstructionPointer);
        return true;
    }

    public bool TryGetPthreadId(int threadId, out ulong pthreadId)
    {
        pthreadId = 0;
        return false;
    }

    public bool TryReadSystemCall(int threadId, out SystemCall call) => SystemCallLine.TryRead(_tasks, threadId, out call);
}
