using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets.Core;

/// <summary>The registers of a core's threads, from its notes.</summary>
internal sealed class CoreThreadReader : IThreadReader
{
    private readonly ThreadRegisters _layout;
    private readonly IMemorySource _memory;
    private readonly List<int> _ids = [];
    private readonly Dictionary<int, CoreThread> _threads = [];

    public CoreThreadReader(Processor processor, CoreNotes notes, IMemorySource memory)
    {
        _memory = memory;
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

    public bool TryReadSystemCall(int threadId, out SystemCall call)
    {
        call = default;
        Span<ulong> arguments = stackalloc ulong[SystemCallRegisters.Arguments];
        if (!_threads.TryGetValue(threadId, out CoreThread? thread)
            || thread.Registers.Length < _layout.Size
            || !_layout.SystemCall.TryRead(thread.Registers, arguments, out long number, out ulong instructionPointer)
            || !IsAtCall(instructionPointer))
        {
            return false;
        }

        call = new SystemCall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], instructionPointer);
        return true;
    }

    // Where no register says that the thread is in a system call, its next instruction makes it again: the kernel has prepared that before it wrote the core.
    private bool IsAtCall(ulong address)
        => _layout.SystemCall.Instruction is not uint instruction || (_memory.TryRead(address, out uint next) && next == instruction);
}
