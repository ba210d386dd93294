using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Waiting for and waking another thread of this process by a 32-bit word (futex(2)): a thread that waits costs no processor, and is woken at once.</summary>
internal static unsafe partial class Futex
{
    // linux/futex.h: FUTEX_WAIT and FUTEX_WAKE with FUTEX_PRIVATE_FLAG
    private const int WaitPrivate = 0 | 128;
    private const int WakePrivate = 1 | 128;

    /// <summary>arch/x86/entry/syscalls/syscall_64.tbl; asm-generic/unistd.h for aarch64 and every later processor.</summary>
    private static readonly nint Number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    /// <summary>Sleeps while a word has a value, or until it is woken or the time is over. It may return earlier: read the word again.</summary>
    /// <param name="word">In memory that does not move.</param>
    /// <param name="expected">If the word has another value, it returns at once.</param>
    /// <param name="microseconds">How long at most, below a second.</param>
    public static void Wait(int* word, int expected, int microseconds)
    {
        TimeSpec time = new() { Nanoseconds = (nint)microseconds * 1000 };
        _ = SystemCall(Number, word, WaitPrivate, expected, &time);
    }

    /// <summary>Wakes every thread that waits for a word.</summary>
    public static void Wake(int* word) => _ = SystemCall(Number, word, WakePrivate, int.MaxValue, null);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, int* word, nint operation, nint value, TimeSpec* timeout);
}
