namespace PyStack.Engine.Profiling;

/// <summary>What tells samples of the same frames apart, in one number: the thread, its task, whether it waited, whether it had the GIL, whether it collected garbage.</summary>
internal static class SampleGroup
{
    public const int MaxThreads = 1 << 20;

    /// <summary>Different tasks at most.</summary>
    public const int MaxTasks = 1 << 24;

    private const int ThreadShift = 8;

    // Above the thread's bits there is room for other marks; the highest bit is that of negative numbers.
    private const int TaskShift = 38;
    private const long Idle = 1;
    private const long WithoutGil = 2;
    private const long WithGil = 4;
    private const long Collecting = 8;

    /// <param name="task">The number of the task, from 1 on; 0 for none.</param>
    public static long Of(int thread, bool isIdle, bool? hasGil, bool isCollecting, int task = 0)
        => ((long)task << TaskShift) | ((long)thread << ThreadShift) | (isIdle ? Idle : 0) | (hasGil is null ? 0 : hasGil.Value ? WithGil : WithoutGil) | (isCollecting ? Collecting : 0);

    public static int ThreadOf(long group) => (int)(group >> ThreadShift) & (MaxThreads - 1);

    public static int TaskOf(long group) => (int)(group >> TaskShift);

    public static bool IsIdle(long group) => (group & Idle) != 0;

    public static bool? HasGil(long group) => (group & (WithGil | WithoutGil)) switch { WithGil => true, WithoutGil => false, _ => null };

    public static bool IsCollecting(long group) => (group & Collecting) != 0;
}
