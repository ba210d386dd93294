using System.Threading;

namespace PyStack.Engine.Primitives;

/// <summary>
/// What one binary may cost the observer: bytes of memory, out of a pool that all binaries share, and steps of work. Debug information is written by whoever built
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

    /// <summary>A budget of its own, for one binary alone.</summary>
    public static BinaryBudget Of(Limits limits) => new(new MemoryPool(limits.BinaryBytes), limits.BinarySteps);

    /// <summary>Bytes that the binary holds.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether something was asked for that it could not have, so that not all can be known of the binary.</summary>
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

    /// <summary>Counts work: entries, rows and ranges that are gone through. False where it was too much.</summary>
    public bool TryStep(long count = 1)
    {
        if (Interlocked.Add(ref _stepsLeft, -count) >= 0)
        {
            return true;
        }

        Volatile.Write(ref _isExceeded, 1);
        return false;
    }

    /// <summary>Begins to count steps anew, for another capture.</summary>
    public void RenewSteps() => Volatile.Write(ref _stepsLeft, _steps);

    /// <summary>Gives everything back, when the binary is forgotten.</summary>
    public void GiveAll()
    {
        long taken = Interlocked.Exchange(ref _taken, 0);
        _pool.Give(taken);
    }
}
