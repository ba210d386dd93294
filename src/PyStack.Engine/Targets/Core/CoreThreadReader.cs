using System.Collections.Generic;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets.Core;

/// <summary>The registers of a core's threads, from its notes.</summary>
internal sealed class CoreThreadReader : IThreadReader
{
    private readonly ThreadRegisters _layout;
    private readonly List<int> _ids = [];
    private readonly Dictionary<int, CoreThread> _threads = [];

    public CoreThreadReader(Processor processor, CoreNotes notes)
    {
        _layout = processor.Registers;
        foreach (CoreThread thread in notes.Threads)
        {
            if (_threads.TryAdd(thread.ThreadId, thread))
            {
                _ids.Add(thread.ThreadId);
            }
        }
    }

    public IReadOnlyList<int> ListIds() => _ids;

    public bool TryReadRegisters(int threadId, ref RegisterSet registers)
        => _threads.TryGetValue(threadId, out CoreThread? thread) && _layout.TryDecode(thread.Registers, ref registers);

    public bool TryGetPthreadId(int threadId, out ulong pthreadId)
    {
        pthreadId = _threads.TryGetValue(threadId, out CoreThread? thread) ? _layout.ThreadPointer(thread.Registers) : 0;
        return pthreadId != 0;
    }
}
