using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The memory of a process that is sampled. What would have to be fetched from a file is read by another thread, for a short time in all: the program chooses the addresses, and can name memory whose disk does not
/// answer or that another program serves. After that such memory is not read.
/// </summary>
internal sealed class SampledMemory(ProcessMemorySource memory) : IMemorySource
{
    private static readonly TimeSpan Once = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InAll = TimeSpan.FromMilliseconds(500);
    private TimeSpan _waited;

    public int Read(ulong address, Span<byte> destination)
    {
        if (memory.FileBacked is not FileBackedPages files || !files.MayWait(address, destination.Length, out _))
        {
            return memory.Read(address, destination);
        }

        if (_waited > InAll)
        {
            return 0;
        }

        long start = Stopwatch.GetTimestamp();
        using FileBudget budget = FileBudget.Begin(Once, mostUnanswered: 1, CancellationToken.None);
        int count = memory.Read(address, destination);
        _waited += Stopwatch.GetElapsedTime(start);
        return count;
    }
}
