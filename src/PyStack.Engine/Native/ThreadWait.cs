using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The state of a traced thread, as waitid(2) reports it.</summary>
/// <param name="HasStopped">It is stopped; otherwise it has ended.</param>
/// <param name="Status">The signal in the low byte, the ptrace event in the next (linux/ptrace.h).</param>
internal readonly record struct WaitStatus(bool HasStopped, int Status)
{
    /// <summary>linux/ptrace.h</summary>
    private const int PTRACE_EVENT_CLONE = 3;

    /// <summary>The status of a thread that was asked itself.</summary>
    public static WaitStatus Stopped(int signal, int ptraceEvent) => new(true, signal | (ptraceEvent << 8));

    private int Event => (Status >> 8) & 0xff;

    /// <summary>The signal that the thread was about to receive and that must be delivered; 0 if the stop is not about a signal.</summary>
    public int PendingSignal => HasStopped && Event == 0 ? Status & 0xff : 0;

    /// <summary>Whether the thread has just made another one, which is traced as well.</summary>
    public bool IsClone => HasStopped && Event == PTRACE_EVENT_CLONE;
}

/// <summary>The states of traced threads, and short sleeps between two checks.</summary>
internal static unsafe partial class ThreadWait
{
    // bits/waitflags.h
    private const int P_PID = 1;
    private const int WNOHANG = 0x1;
    private const int WSTOPPED = 0x2;
    private const int WEXITED = 0x4;
    private const int WNOWAIT = 0x0100_0000;
    private const int __WNOTHREAD = 0x2000_0000;
    private const int __WALL = 0x4000_0000;

    // asm-generic/signal.h
    private const int SIGCHLD = 17;
    private const int SA_NOCLDSTOP = 1;

    // bits/siginfo-consts.h
    private const int CLD_TRAPPED = 4;
    private const int CLD_STOPPED = 5;

    /// <summary>linux/prctl.h</summary>
    private const int PR_SET_TIMERSLACK = 29;

    /// <summary>
    /// Reads, without waiting, the state of a thread that the calling OS thread traces. It does not consume it (<c>WNOWAIT</c>): a stop
    /// that was consumed loses its signal if we are killed before we deliver it, and an exit status belongs to the
    /// parent, which may be .NET in this process.
    /// </summary>
    /// <returns>True with its status; false with 0 (nothing yet) or the errno in <paramref name="error"/>.</returns>
    public static bool TryPeek(int threadId, out WaitStatus status, out int error) => TryPeek(threadId, __WNOTHREAD, out status, out error);

    /// <summary>
    /// Removes a thread that has ended while one of our threads traces it. Until then an exec in its process waits for it (fs/exec.c,
    /// de_thread) and the end of the process is not reported. Any of our threads may call it: the tracer itself may be waiting for this exec.
    /// </summary>
    /// <param name="threadId">Not that of a thread group's leader: its exit status belongs to the parent.</param>
    /// <returns>Whether it has ended and is gone now.</returns>
    public static bool TryReap(int threadId)
    {
        // A wait for ends only also reports trace stops (wait(2), "wait_task_stopped"), and would consume them: check first.
        if (!TryPeek(threadId, 0, out WaitStatus status, out _) || status.HasStopped)
        {
            return false;
        }

        ChildInfo info = default;
        return WaitId(P_PID, threadId, &info, WEXITED | WNOHANG | __WALL) == 0 && info.ProcessId == threadId;
    }

    /// <summary>
    /// Hides the stops of traced children from .NET, which waits for its children on every SIGCHLD and treats a trace stop
    /// as an exit: with SA_NOCLDSTOP a stop sends no SIGCHLD.
    /// </summary>
    public static void KeepStopsQuiet()
    {
        SignalAction action;
        if (SigAction(SIGCHLD, null, &action) == 0 && (action.Flags & SA_NOCLDSTOP) == 0)
        {
            action.Flags |= SA_NOCLDSTOP;
            _ = SigAction(SIGCHLD, &action, null);
        }
    }

    /// <summary>Sleeps some microseconds; precise only with <see cref="PromptWakeUps"/>.</summary>
    public static void Sleep(int microseconds)
    {
        TimeSpec time = new() { Nanoseconds = microseconds * 1000 };
        _ = NanoSleep(&time, null);
    }

    /// <summary>Removes the kernel's 50 µs of slack from the calling thread's timers.</summary>
    public static void MakeSleepsPrecise() => _ = Prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);

    private static bool TryPeek(int threadId, int scope, out WaitStatus status, out int error)
    {
        ChildInfo info = default;
        error = WaitId(P_PID, threadId, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL | scope) < 0 ? Marshal.GetLastPInvokeError() : 0;
        status = new WaitStatus(info.Code is CLD_TRAPPED or CLD_STOPPED, info.Status);
        return error == 0 && info.ProcessId == threadId;
    }

    /// <summary>siginfo_t of a child's change, 64-bit (bits/types/siginfo_t.h).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct ChildInfo
    {
        [FieldOffset(8)]
        public int Code;
        [FieldOffset(16)]
        public int ProcessId;
        [FieldOffset(24)]
        public int Status;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary>struct sigaction of glibc and musl, 64-bit: handler, 128 bytes of mask, flags, restorer.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    private struct SignalAction
    {
        [FieldOffset(136)]
        public int Flags;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, SignalAction* action, SignalAction* previous);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int idType, int id, ChildInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(TimeSpec* request, TimeSpec* remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
