using System;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>
/// The pod of a process: its id, from the names of its control groups as the kubelet and Podman make them, and if those are hidden by a control group namespace, from the files
/// that the kubelet mounts into each container. Neither has the pod's name.
/// </summary>
internal static partial class PodId
{
    private const RegexOptions Exact = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // A UID of Kubernetes; systemd's driver writes underscores for its hyphens. The kubelet gives a static pod a hash instead, of 32 digits.
    private const string Uid = "(?<id>[0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})";

    /// <summary>Looks at the lines of <c>/proc/PID/cgroup</c> (cgroups(7)): <c>number:controllers:path</c>.</summary>
    /// <returns>The UID in Kubernetes' own form, or the 64 digits of a pod of Podman; null if it is in none.</returns>
    public static string? FindInGroups(string groups)
    {
        foreach (string line in groups.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 3) is [_, _, string path] && FindInPath(path) is string id)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>
    /// Looks for the files of a container that the kubelet mounts into it: the one for its last words (<c>terminationMessagePath</c>), which has the container's name above it, and
    /// <c>/etc/hosts</c>.
    /// </summary>
    /// <param name="mounts">The text of <c>/proc/PID/mountinfo</c>.</param>
    /// <param name="containerName">The name that the pod's specification has for the container; null if it is not there.</param>
    public static string? FindInMounts(string mounts, out string? containerName)
    {
        Match match = LastWords().Match(mounts);
        containerName = match.Success ? match.Groups["name"].Value : null;
        match = match.Success ? match : Hosts().Match(mounts);
        return match.Success ? match.Groups["id"].Value : null;
    }

    // The innermost pod is the last one of the path: a node can be a container itself.
    private static string? FindInPath(string path)
    {
        string? found = null;
        string parent = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = KubernetesPod().Match(part);
            match = match.Success ? match : PodmanPod().Match(part);
            if (match.Success)
            {
                found = match.Groups["id"].Value.Replace('_', '-');
            }
            else if (parent == "libpod_parent" && HexName().IsMatch(part))
            {
                found = part;
            }

            parent = part;
        }

        return found;
    }

    // podUID; kubepods-burstable-podUID.slice; kubelet-kubepods-podUID.slice:cri-containerd:ID.
    [GeneratedRegex($@"(^|-)pod{Uid}(\.slice)?(:|\z)", Exact)]
    private static partial Regex KubernetesPod();

    // machine-libpod_pod_ID.slice, and user-libpod_pod_ID.slice of a user. Without systemd: /libpod_parent/ID.
    [GeneratedRegex(@"(^|-)libpod_pod_(?<id>[0-9a-f]{64})\.slice\z", Exact)]
    private static partial Regex PodmanPod();

    [GeneratedRegex(@"^[0-9a-f]{64}\z", Exact)]
    private static partial Regex HexName();

    // proc_pid_mountinfo(5): number parent major:minor root mount-point … The name is a DNS label (RFC 1123).
    [GeneratedRegex($@"^\d+ \d+ \d+:\d+ \S*/pods/{Uid}/containers/(?<name>[a-z0-9](?:[-a-z0-9]{{0,61}}[a-z0-9])?)/[0-9a-f]+ /", Exact | RegexOptions.Multiline)]
    private static partial Regex LastWords();

    [GeneratedRegex($@"^\d+ \d+ \d+:\d+ \S*/pods/{Uid}/etc-hosts /etc/hosts ", Exact | RegexOptions.Multiline)]
    private static partial Regex Hosts();
}
