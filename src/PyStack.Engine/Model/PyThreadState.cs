namespace PyStack;

/// <summary>What the kernel's scheduler said of a thread when it was captured (proc_pid_stat(5), field 3).</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyThreadState : long
{
    /// <summary>It is not known: the thread has ended, or a core does not say it.</summary>
    Unknown,

    /// <summary>It runs, or could run and waits for a processor (R).</summary>
    Running,

    /// <summary>It waits in the kernel, and a signal would wake it (S).</summary>
    Sleeping,

    /// <summary>It waits in the kernel for something that no signal interrupts, mostly a disk (D).</summary>
    DiskSleep,

    /// <summary>A signal such as SIGSTOP has stopped it (T).</summary>
    Stopped,

    /// <summary>Another program, such as a debugger, has stopped it (t).</summary>
    Traced,

    /// <summary>It has ended, and its entry is still there (Z, X).</summary>
    Zombie,

    /// <summary>It is parked or an idle thread of the kernel (I, P).</summary>
    Idle,
}
