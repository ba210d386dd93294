using System;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>How <c>/proc</c> is mounted, which decides whose processes it shows (proc(5), mount options).</summary>
internal static class ProcMount
{
    private const int MaxMountsBytes = 256 << 10;

    /// <summary>A sentence for the error that a process was not found: that it may be hidden. Empty if nothing is hidden from us.</summary>
    public static string Hint()
        => Identity.EffectiveUserId() != 0
            && ProcFile.TryRead("/proc/self/mounts", MaxMountsBytes, out byte[] mounts)
            && FindHidePid(Encoding.UTF8.GetString(mounts)) is string value
            ? $" /proc is mounted with hidepid={value}, so it may be hidden from this user: root sees all processes."
            : "";

    /// <summary>The value of <c>hidepid</c> in the lines of <c>/proc/self/mounts</c> (fstab(5)); null where no process is hidden.</summary>
    internal static string? FindHidePid(string mounts)
    {
        string? found = null;
        foreach (string line in mounts.Split('\n'))
        {
            // Device, place, type, options. Of several mounts at one place the last covers the others.
            string[] fields = line.Split(' ');
            if (fields.Length > 3 && fields[1] == "/proc" && fields[2] == "proc")
            {
                string? option = Array.Find(fields[3].Split(','), one => one.StartsWith("hidepid=", StringComparison.Ordinal));
                found = option?["hidepid=".Length..] is string value && value is not ("0" or "off") ? value : null;
            }
        }

        return found;
    }
}
