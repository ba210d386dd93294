using System;
using System.Globalization;
using System.IO;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>
/// Whether process ids mean the same in <c>/proc</c> and in system calls. They do not where this process is in a PID namespace of its own and still has
/// the <c>/proc</c> of another one: then one id means two processes.
/// </summary>
internal static class ProcNumbers
{
    private static bool _agree;

    public const string Explanation = "This /proc belongs to another PID namespace than this process: one process id means one process in /proc and another one to the kernel.";

    public const string Action = "Mount the /proc of this namespace (unshare --mount-proc, or mount -t proc proc /proc), or run pwsh in the namespace that /proc belongs to.";

    /// <summary>Whether ids agree. Checked again until they do: /proc may be mounted meanwhile.</summary>
    public static bool Agree => _agree || (_agree = Ask());

    /// <exception cref="EngineException">They do not.</exception>
    public static void Require()
    {
        if (!Agree)
        {
            throw new EngineException(EngineError.CannotRead, Explanation, Action);
        }
    }

    // NSpid has an id for each namespace from that of /proc down to ours (proc_pid_status(5)): one only if they are the same. In /proc of a namespace
    // that we are not in there is no "self" at all.
    private static bool Ask()
    {
        if (!ProcFile.TryReadStatus("/proc/self", out byte[] status))
        {
            // A missing /proc is a different error.
            return !Directory.Exists("/proc/1");
        }

        if (ProcFile.TryFindField(status, "NSpid"u8, out ReadOnlySpan<byte> ids))
        {
            return ids.IndexOfAny((byte)'\t', (byte)' ') < 0;
        }

        return ProcFile.ReadLink("/proc/self") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    }
}
