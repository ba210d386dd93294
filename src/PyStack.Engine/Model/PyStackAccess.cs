namespace PyStack;

/// <summary>Whether this user may read the stacks of a process, and why not.</summary>
public sealed class PyStackAccess
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>Whether a capture that stops the process would be allowed: what <c>Get-PyStack</c> does by default.</summary>
    public bool IsAccessible { get; init; }

    /// <summary>Whether its memory may be read: all that <c>Get-PyStack -NoBlock</c> needs.</summary>
    public bool CanReadWithoutStopping { get; init; }

    /// <summary>What prevents access, in plain words; null if nothing does.</summary>
    public string? Reason { get; init => field = ModelText.Of(value); }

    /// <summary>What would help; null if nothing prevents access.</summary>
    public string? RecommendedAction { get; init => field = ModelText.Of(value); }

    /// <summary>The effective user id of this process, the observer.</summary>
    public int UserId { get; init; }

    /// <summary>The real user id of the target, as our user namespace numbers it.</summary>
    public int TargetUserId { get; init; }

    /// <summary>Whether this process has the capability CAP_SYS_PTRACE.</summary>
    public bool HasSysPtrace { get; init; }

    /// <summary>The kernel setting <c>kernel.yama.ptrace_scope</c>, 0 to 3; null where the kernel has no yama.</summary>
    public int? PtraceScope { get; init; }

    /// <summary>The process that traces the target; 0 if none does.</summary>
    public int TracerId { get; init; }

    /// <summary>Whether the target is in our user namespace; null if that cannot be read.</summary>
    public bool? IsSameUserNamespace { get; init; }

    /// <summary>Whether the target is in our PID namespace; null if that cannot be read.</summary>
    public bool? IsSamePidNamespace { get; init; }

    /// <summary>The seccomp mode of this process: 0 none, 1 strict, 2 a filter, as containers have it.</summary>
    public int SeccompMode { get; init; }

    /// <summary>The answer in a few words.</summary>
    public override string ToString()
        => TerminalText.Escape($"Process {ProcessId} ({ProcessName}): {(IsAccessible ? "accessible" : CanReadWithoutStopping ? $"with -NoBlock only: {Reason}" : Reason)}");
}
