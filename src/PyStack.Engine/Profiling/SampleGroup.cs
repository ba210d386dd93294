namespace PyStack.Engine.Profiling;

/// <summary>What tells samples of the same frames apart, in one number: the thread, whether it waited, whether it had the GIL.</summary>
internal static class SampleGroup
{
    /// <summary>Of frames alone: they are in the table, and never counted.</summary>
    public const long Bare = -1;

    public const int MaxThreads = 1 << 20;

    private const int ThreadShift = 4;

    public static long Of(int thread, bool isIdle, bool? hasGil) => ((long)thread << ThreadShift) | (isIdle ? 1L : 0) | (hasGil is null ? 0 : hasGil.Value ? 4L : 2L);

    public static int ThreadOf(long group) => (int)(group >> ThreadShift);

    public static bool IsIdle(long group) => (group & 1) != 0;

    public static bool? HasGil(long group) => (group & 6) switch { 4 => true, 2 => false, _ => null };
}
