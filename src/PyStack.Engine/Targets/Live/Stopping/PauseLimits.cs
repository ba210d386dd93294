using System;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>How long a pause and its parts may take at most. The documents contain these numbers (docs/permissions.md, docs/security.md).</summary>
internal static class PauseLimits
{
    /// <summary>For becoming the tracer of all threads, while the target runs. It waits for an exec of the target, and that may wait for a disk.</summary>
    public static readonly TimeSpan Seizing = TimeSpan.FromSeconds(5);

    /// <summary>For all threads together to come to a stop. A thread that is not scheduled needs longest; a quota of a cgroup has a period of 0.1 s.</summary>
    public static readonly TimeSpan Stopping = TimeSpan.FromMilliseconds(500);

    /// <summary>From the first interrupt on: then the target is resumed, whether or not the work is done.</summary>
    public static readonly TimeSpan Whole = TimeSpan.FromSeconds(2);

    /// <summary>After the work has failed to end in time, for the tracer to resume the target; it has nothing to wait for.</summary>
    public static readonly TimeSpan LettingGo = TimeSpan.FromSeconds(1);

    /// <summary>If another tracer has a thread, for it to detach: another PyStack does within milliseconds.</summary>
    public static readonly TimeSpan OtherTracer = TimeSpan.FromMilliseconds(300);
}
