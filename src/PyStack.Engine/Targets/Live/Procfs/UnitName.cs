using System;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>The unit of systemd that a process belongs to: systemd gives each of its units a control group with the unit's name, in those of its slices (systemd.slice(5)).</summary>
internal static partial class UnitName
{
    private const RegexOptions Exact = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Looks at the lines of <c>/proc/PID/cgroup</c> (cgroups(7)): <c>number:controllers:path</c>.</summary>
    /// <returns>The unit; of a unit of a user's own systemd <c>user@1000.service/app.service</c>; null if it is in none.</returns>
    public static string? FindInGroups(string groups)
    {
        string? found = null;
        foreach (string line in groups.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Where systemd has a hierarchy of its own (version 1), the one of version 2 may not have the units.
            if (line.Split(':', 3) is [_, "name=systemd", string path])
            {
                return FindInPath(path);
            }

            found = line.Split(':', 3) is ["0", "", string only] ? FindInPath(only) : found;
        }

        return found;
    }

    // The outermost: what is below a unit are groups that it has made itself, for a container perhaps. Only a user's systemd has units of its own there.
    private static string? FindInPath(string path)
    {
        string manager = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // A group outside of our own control group namespace begins with "..".
            if (part == ".." || Slice().IsMatch(part))
            {
                continue;
            }

            // A name that the kernel has for itself, such as "cgroup.service", has an underscore before it.
            string name = part.StartsWith('_') ? part[1..] : part;
            if (!Unit().IsMatch(name))
            {
                break;
            }

            if (manager.Length > 0 || !Manager().IsMatch(name))
            {
                return manager + name;
            }

            manager = name + "/";
        }

        return manager.Length > 0 ? manager[..^1] : null;
    }

    // Letters and length of a unit's name, and the kinds of unit that have processes or groups of processes: systemd.unit(5).
    [GeneratedRegex(@"^(?=.{1,255}\z)[A-Za-z0-9:_.\\@-]+\.(service|scope|socket|mount|swap)\z", Exact)]
    private static partial Regex Unit();

    [GeneratedRegex(@"^(?=.{1,255}\z)[A-Za-z0-9:_.\\@-]+\.slice\z", Exact)]
    private static partial Regex Slice();

    [GeneratedRegex(@"^user@\d{1,10}\.service\z", Exact)]
    private static partial Regex Manager();
}
