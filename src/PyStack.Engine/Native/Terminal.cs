using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The terminal of standard input.</summary>
internal static partial class Terminal
{
    /// <summary>Whether standard input is a terminal, and this process is in its foreground: one in the background would be stopped if it read from it or changed its mode (termios(3), SIGTTIN, SIGTTOU).</summary>
    public static bool IsInForeground()
    {
        int group = GetForegroundGroup(0);
        return group > 0 && group == GetGroup();
    }

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int GetForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int GetGroup();
}
