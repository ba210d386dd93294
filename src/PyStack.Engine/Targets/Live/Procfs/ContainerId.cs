using System;
using System.Text;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>
/// The container of a process: from the names of its control groups, as the container programs make them, and if those are hidden by a
/// control group namespace, from the files that they mount into a container.
/// </summary>
internal static partial class ContainerId
{
    private const int MaxMountBytes = 1 << 20;
    private const RegexOptions Exact = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The id or the name, or null.</summary>
    /// <param name="folder">The process's folder in procfs.</param>
    /// <param name="groups">Its control groups; empty if they are not known.</param>
    public static string? Find(string folder, string groups)
    {
        if (groups.Length == 0)
        {
            return null;
        }

        if (FindInGroups(groups, out bool isHidden) is string id)
        {
            return id;
        }

        return isHidden && ProcFile.TryRead(folder + "/mountinfo", MaxMountBytes, out byte[] mounts)
            ? FindInMounts(Encoding.UTF8.GetString(mounts))
            : null;
    }

    /// <summary>Looks at the lines of <c>/proc/PID/cgroup</c> (cgroups(7)): <c>number:controllers:path</c>.</summary>
    /// <param name="isHidden">Whether every path is the root of our control group namespace, which says nothing.</param>
    public static string? FindInGroups(string groups, out bool isHidden)
    {
        isHidden = true;
        foreach (string line in groups.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int first = line.IndexOf(':', StringComparison.Ordinal);
            int second = first < 0 ? -1 : line.IndexOf(':', first + 1);
            if (second < 0)
            {
                continue;
            }

            string path = line[(second + 1)..];
            isHidden &= path == "/" || path.StartsWith("/..", StringComparison.Ordinal);
            if (FindInPath(path) is string id)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>Looks for the container's file that Docker and Podman mount as its <c>/etc/hostname</c>.</summary>
    public static string? FindInMounts(string mounts)
        => OwnMount().Match(mounts) is { Success: true } match ? match.Groups["id"].Value : null;

    // The innermost container is the last one of the path.
    private static string? FindInPath(string path)
    {
        string? found = null;
        string parent = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Helper().IsMatch(part))
            {
                Match match = HexName().Match(part);
                match = match.Success ? match : NamedContainer().Match(part);
                if (match.Success)
                {
                    found = Unescape(match.Groups["id"].Value);
                }
                else if (parent is "lxc" or "lxc.payload")
                {
                    found = part;
                }
            }

            parent = part;
        }

        return found;
    }

    // systemd writes a hyphen inside a name as \x2d (systemd.unit(5)).
    private static string Unescape(string name) => name.Replace(@"\x2d", "-", StringComparison.Ordinal);

    // Programs that watch a container from outside: conmon of Podman and CRI-O, LXC's monitor, virtual machines.
    [GeneratedRegex(@"conmon-|^lxc\.(monitor|pivot)|^machine-qemu", Exact)]
    private static partial Regex Helper();

    // docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope, crio-ID.scope; /docker/ID, /kubepods/burstable/podUID/ID;
    // kubepods-besteffort-podUID.slice:cri-containerd:ID; and the id with a number that Amazon ECS makes.
    [GeneratedRegex(@"^(.*[-:])?(?<id>[0-9a-f]{64})(\.scope)?$|^(?<id>[0-9a-f]{32}-\d{6,12})$", Exact)]
    private static partial Regex HexName();

    [GeneratedRegex(@"^lxc\.payload\.(?<id>.+)$|^machine-(?<id>.+)\.scope$|^systemd-nspawn@(?<id>.+)\.service$", Exact)]
    private static partial Regex NamedContainer();

    // proc_pid_mountinfo(5): number parent major:minor root mount-point …
    [GeneratedRegex(@"^\d+ \d+ \d+:\d+ \S*/(containers|overlay-containers)/(?<id>[0-9a-f]{64})/(userdata/)?hostname /etc/hostname ",
        Exact | RegexOptions.Multiline)]
    private static partial Regex OwnMount();
}
