namespace PyStack.Engine.Profiling;

/// <summary>What tells samples of the same frames apart, in one number: the thread, whether it waited, whether it had the GIL, whether it collected garbage.</summary>
internal static class SampleGroup
{
    public const int MaxThreads = 1 << 20;

    private const int ThreadShift = 4;
    private const long Idle = 1;
    private const long WithoutGil = 2;
    private const long WithGil = 4;
    private const long Collecting = 8;

    public static long Of(int thread, bool isIdle, bool? hasGil, bool isCollecting)
        => ((long)thread << ThreadShift) | (isIdle ? Idle : 0) | (hasGil is null ? 0 : hasGil.Value ? WithGil : WithoutGil) | (isCollecting ? Collecting : 0);

    public static int ThreadOf(long group) => (int)(group >> ThreadShift);

    public static bool IsIdle(long group) => (group & Idle) != 0;

    public static bool? HasGil(long group) => (group & (WithGil | WithoutGil)) switch { WithGil => true, WithoutGil => false, _ => null };

    public static bool IsCollecting(long group) => (group & Collecting) != 0;
}
