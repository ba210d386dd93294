using System.Threading;

namespace PyStack.Engine.Primitives;

/// <summary>
/// What one binary may cost the observer: bytes of memory, out of a pool that all binaries share, and steps of work. Debug information is controlled by the author of
/// the binary, and two megabytes of it can be made to unpack to gigabytes. Safe for several threads.
/// </summary>
internal sealed class BinaryBudget
{
    private readonly MemoryPool _pool;
    private readonly long _steps;
    private long _taken;
    private long _stepsLeft;
    private int _isExceeded;

    /// <param name="pool">Where the bytes come from.</param>
    /// <param name="steps">Of work, in one capture.</param>
    public BinaryBudget(MemoryPool pool, long steps)
    {
        _pool = pool;
        _steps = steps;
        _stepsLeft = steps;
    }

    /// <summary>A separate budget, for one binary only.</summary>
    public static BinaryBudget Of(Limits limits) => new(new MemoryPool(limits.BinaryBytes), limits.BinarySteps);

    /// <summary>Bytes that the binary uses.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether a request was refused, so that the data of the binary is incomplete.</summary>
    public bool IsExceeded => Volatile.Read(ref _isExceeded) != 0;

    /// <summary>Takes bytes before memory is allocated for them.</summary>
    public bool TryTake(long bytes)
    {
        if (!_pool.TryTake(bytes))
        {
            Volatile.Write(ref _isExceeded, 1);
            return false;
        }

        Interlocked.Add(ref _taken, bytes);
        return true;
    }

    /// <summary>Gives some of the taken bytes back.</summary>
    public void Give(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        _pool.Give(bytes);
    }

    /// <summary>Counts work: entries, rows and ranges that are read. False if the limit was exceeded.</summary>
    public bool TryStep(long count = 1)
    {
        if (Interlocked.Add(ref _stepsLeft, -count) >= 0)
        {
            return true;
        }

        Volatile.Write(ref _isExceeded, 1);
        return false;
    }

    /// <summary>Begins to count steps again, for another capture.</summary>
    public void RenewSteps() => Volatile.Write(ref _stepsLeft, _steps);

    /// <summary>Returns everything, when the binary is removed from the cache.</summary>
    public void GiveAll()
    {
        long taken = Interlocked.Exchange(ref _taken, 0);
        _pool.Give(taken);
    }
}
