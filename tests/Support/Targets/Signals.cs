using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PyStack.TestSupport.Targets;

/// <summary>Signals to a target, by its id.</summary>
public static partial class Signals
{
    public const int User1 = 10;
    public const int Stop = 19;
    public const int Continue = 18;

    public static void Send(int processId, int signal) => Check(Kill(processId, signal));

    /// <summary>Queues a signal with a value, as sigqueue(3) does.</summary>
    public static void Queue(int processId, int signal, int value) => Check(SigQueue(processId, signal, value));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    // The value is a union of an int and a pointer, which the 64-bit ABIs pass as one register.
    [LibraryImport("libc", EntryPoint = "sigqueue", SetLastError = true)]
    private static partial int SigQueue(int processId, int signal, nint value);

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }
}
