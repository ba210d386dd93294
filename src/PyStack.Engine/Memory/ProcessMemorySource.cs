using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Memory;

/// <summary>The memory of a running process.</summary>
internal sealed unsafe class ProcessMemorySource(int processId) : IScatteredMemorySource
{
    /// <summary>The errno of the last read that gave nothing; 0 if none has failed.</summary>
    public int LastError { get; private set; }

    /// <summary>Which memory is read by a <see cref="FileWorker"/>, with a deadline, because it may have to be fetched from a disk; null for none.</summary>
    public FileBackedPages? FileBacked { get; init; }

    /// <summary>The pages that the last walk of the process has read.</summary>
    public PageHints Hints { get; init; } = new();

    /// <summary>The pages that were read last for the names of threads and for exceptions.</summary>
    public PageHints FactHints { get; init; } = new();

    /// <summary>The time that reads may wait while the process is stopped; null while it runs: then the calling thread's budget applies.</summary>
    public FileBudget? PauseBudget { get; set; }

    public int Read(ulong address, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        nint count = FileBacked is not null && FileBacked.MayWait(address, destination.Length, out string device)
            ? ReadWithDeadline(address, destination, device)
            : ProcessMemory.Read(processId, address, destination);
        if (count >= 0)
        {
            return (int)count;
        }

        LastError = (int)-count;
        return 0;
    }

    private nint ReadWithDeadline(ulong address, Span<byte> destination, string device)
    {
        MemoryReadJob job = new(processId, address, destination.Length, device);
        if (!FileWorker.Shared.TryRun(job, PauseBudget ?? FileBudget.Current))
        {
            return -Errno.EFAULT;
        }

        nint count = job.Result;
        job.Bytes.CopyTo(destination);
        job.Discard();
        return count;
    }

    /// <summary>Reads what was read before a moment ago: nothing of it has to be fetched from a disk, so that it is done at once.</summary>
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
