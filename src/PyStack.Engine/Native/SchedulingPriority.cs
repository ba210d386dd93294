using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// The priority of the calling OS thread while a target is stopped. With CAP_SYS_NICE it becomes a real-time thread, which other work on the
/// machine cannot preempt; if only the niceness may be changed it gets the best one; else nothing changes. A thread with its own policy
/// (<c>chrt</c>) keeps it.
/// </summary>
internal static unsafe partial class SchedulingPriority
{
    // linux/sched.h
    private const int SCHED_OTHER = 0;
    private const int SCHED_FIFO = 1;
    private const int SCHED_RESET_ON_FORK = 0x4000_0000;

    /// <summary>sys/resource.h; with 0 it means the calling thread (setpriority(2), "C library/kernel differences").</summary>
    private const int PRIO_PROCESS = 0;

    private const int HighestNiceness = -20;

    // musl's sched_setscheduler() and sched_getscheduler() always fail, since what POSIX says of them is about processes: asm/unistd_64.h, asm-generic/unistd.h.
    private static readonly nint SYS_sched_setscheduler = IsX64 ? 144 : 119;
    private static readonly nint SYS_sched_getscheduler = IsX64 ? 145 : 120;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Raises the calling thread.</summary>
    /// <param name="level">Of two real-time threads the one with the larger number runs first.</param>
    public static Raised Raise(int level)
    {
        if ((GetScheduler(SYS_sched_getscheduler, 0) & ~SCHED_RESET_ON_FORK) != SCHED_OTHER)
        {
            return default;
        }

        if (SetScheduler(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &level) == 0)
        {
            return new Raised(IsRealTime: true, IsNice: false, 0);
        }

        int niceness = GetPriority(PRIO_PROCESS, 0);
        return new Raised(IsRealTime: false, SetPriority(PRIO_PROCESS, 0, HighestNiceness) == 0, niceness);
    }

    /// <summary>The old and the new priority of a thread.</summary>
    /// <param name="IsRealTime">Whether it is a real-time thread now.</param>
    /// <param name="IsNice">Whether its niceness was changed.</param>
    /// <param name="Niceness">Its niceness before.</param>
    internal readonly record struct Raised(bool IsRealTime, bool IsNice, int Niceness)
    {
        /// <summary>Restores the former priority of the calling thread. Lowering is always allowed.</summary>
        public void Restore()
        {
            int none = 0;
            if (IsRealTime)
            {
                // Removing the flag needs CAP_SYS_NICE; a thread that was raised by its limit (RLIMIT_RTPRIO) keeps it, which does no harm.
                _ = SetScheduler(SYS_sched_setscheduler, 0, SCHED_OTHER, &none) == 0 || SetScheduler(SYS_sched_setscheduler, 0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) == 0;
            }
            else if (IsNice)
            {
                _ = SetPriority(PRIO_PROCESS, 0, Niceness);
            }
        }
    }

    // struct sched_param of bits/types/struct_sched_param.h is one int.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SetScheduler(nint number, int threadId, int policy, int* parameter);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint GetScheduler(nint number, int threadId);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int id, int niceness);

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int id);
}
