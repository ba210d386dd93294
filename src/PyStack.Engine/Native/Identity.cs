using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Who we are, as the kernel sees it.</summary>
internal static partial class Identity
{
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    /// <summary>The calling OS thread's own id, which is what a tracee's <c>TracerPid</c> shows.</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int ThreadId();
}
