using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>
/// ptrace(2) without ever sending a SIGSTOP: seize, interrupt, read registers, detach. All calls for one target must come
/// from the OS thread that seized it.
/// </summary>
internal static unsafe partial class Ptrace
{
    // Requests: linux/ptrace.h.
    private const int PTRACE_DETACH = 17;
    private const int PTRACE_GETEVENTMSG = 0x4201;
    private const int PTRACE_GETSIGINFO = 0x4202;
    private const int PTRACE_GETREGSET = 0x4204;
    private const int PTRACE_SEIZE = 0x4206;
    private const int PTRACE_INTERRUPT = 0x4207;

    /// <summary>A thread that a seized thread makes is seized from its first instruction (linux/ptrace.h).</summary>
    private const int PTRACE_O_TRACECLONE = 1 << 3;

    /// <summary>General registers: <c>NT_PRSTATUS</c> (linux/elf.h).</summary>
    public const int GeneralRegisters = 1;

    /// <summary>Becomes the tracer of a thread without stopping it. Returns 0 or an errno.</summary>
    /// <param name="tracesClones">Whether threads that it makes are seized, too.</param>
    public static int Seize(int threadId, bool tracesClones = true) => Call(PTRACE_SEIZE, threadId, 0, tracesClones ? PTRACE_O_TRACECLONE : 0);

    /// <summary>Asks a seized thread to stop; a wait reports when it has. Returns 0 or an errno.</summary>
    public static int Interrupt(int threadId) => Call(PTRACE_INTERRUPT, threadId, 0, 0);

    /// <summary>Detaches from a stopped thread, which continues with the signal that it was about to receive. Returns 0 or an errno.</summary>
    public static int Detach(int threadId, int signal) => Call(PTRACE_DETACH, threadId, 0, signal);

    /// <summary>The new thread of a thread that is stopped at its clone event.</summary>
    public static bool TryGetNewThread(int threadId, out int newThreadId)
    {
        nint message = 0;
        int error = Call(PTRACE_GETEVENTMSG, threadId, 0, (nint)(&message));
        newThreadId = (int)message;
        return error == 0;
    }

    /// <summary>
    /// Asks a thread itself whether it is stopped. Its stop may have been consumed by another waiter: .NET waits for all
    /// children of this process, the traced ones among them.
    /// </summary>
    /// <param name="signal">The signal that it was about to receive; 0 if the stop is not about one.</param>
    /// <param name="ptraceEvent">The event that it is at (linux/ptrace.h), or 0.</param>
    public static bool TryGetStop(int threadId, out int signal, out int ptraceEvent)
    {
        // siginfo_t: si_signo, si_errno, si_code (bits/types/siginfo_t.h). At an event si_code is the signal and, above it, the event.
        int* info = stackalloc int[32];
        signal = 0;
        ptraceEvent = 0;
        if (Call(PTRACE_GETSIGINFO, threadId, 0, (nint)info) != 0)
        {
            return false;
        }

        bool isEvent = info[2] > byte.MaxValue && (info[2] & byte.MaxValue) == info[0];
        signal = isEvent ? 0 : info[0];
        ptraceEvent = isEvent ? info[2] >> 8 : 0;
        return true;
    }

    /// <summary>Reads one register set of a stopped thread. Returns 0 or an errno; <paramref name="length"/> is what was filled.</summary>
    public static int GetRegisterSet(int threadId, int set, byte* destination, int capacity, out int length)
    {
        IoVector vector = new() { Base = (nuint)destination, Length = (nuint)capacity };
        int error = Call(PTRACE_GETREGSET, threadId, set, (nint)(&vector));
        length = error == 0 ? (int)vector.Length : 0;
        return error;
    }

    private static int Call(int request, int threadId, nint address, nint data)
        => PtraceRaw(request, threadId, address, data) == -1 ? Marshal.GetLastPInvokeError() : 0;

    // In C it takes variable arguments; on both of our processors these are passed like fixed ones.
    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint PtraceRaw(nint request, nint pid, nint address, nint data);
}
