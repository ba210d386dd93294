using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Memory;

/// <summary>The memory of a running process.</summary>
internal sealed unsafe class ProcessMemorySource(int processId) : IScatteredMemorySource
{
    /// <summary>The errno of the last read that gave nothing; 0 if none has failed.</summary>
    public int LastError { get; private set; }

    public int Read(ulong address, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        nint count = ProcessMemory.Read(processId, address, destination);
        if (count >= 0)
        {
            return (int)count;
        }

        LastError = (int)-count;
        return 0;
    }

    public long Read(ReadOnlySpan<IoVector> destinations, ReadOnlySpan<IoVector> sources)
    {
        fixed (IoVector* local = destinations)
        fixed (IoVector* remote = sources)
        {
            nint count = ProcessMemory.Read(processId, local, destinations.Length, remote, sources.Length);
            if (count >= 0)
            {
                return count;
            }

            LastError = (int)-count;
            return 0;
        }
    }
}
