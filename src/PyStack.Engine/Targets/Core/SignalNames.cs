using System.Globalization;

namespace PyStack.Engine.Targets.Core;

/// <summary>The names of signals (asm-generic/signal.h; the same numbers on x86 and arm64).</summary>
internal static class SignalNames
{
    private const int FirstRealTime = 34; // SIGRTMIN of libc: it reserves two
    private const int LastRealTime = 64;

    private static readonly string[] _names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM",
        "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH",
        "SIGIO", "SIGPWR", "SIGSYS",
    ];

    public static string Of(int number)
        => number > 0 && number < _names.Length ? _names[number]
            : number is >= FirstRealTime and <= LastRealTime ? "SIGRTMIN" + (number == FirstRealTime ? "" : "+" + (number - FirstRealTime).ToString(CultureInfo.InvariantCulture))
            : "signal " + number.ToString(CultureInfo.InvariantCulture);
}
