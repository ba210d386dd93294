using System;
using System.Text;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Files;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery.Containers;

/// <summary>
/// The container and the pod of a process. Control groups and mounts have ids only, and the kernel vouches for them; the pod's name and namespace come from the kubelet's folders
/// where this is the node, else from what the container says of itself: its environment, its host name and the file of its service account.
/// </summary>
internal sealed class ContainerFinder(string podLogs = PodLogFolders.Usual)
{
    private const int MaxMountBytes = 1 << 20;
    private const int MaxGroupBytes = 65_536;

    /// <summary>Host names and namespaces are much shorter.</summary>
    private const int MaxNameBytes = 4096;

    /// <summary>For all files of one process.</summary>
    private static readonly TimeSpan FileTime = TimeSpan.FromMilliseconds(200);

    private readonly PodLogFolders _folders = new(podLogs);
    private readonly Lazy<string?> _hostsUts = new(FindHostsUts);

    /// <param name="groups">Its control groups; empty if they are not known.</param>
    public ContainerPlace Find(ProcessFacts process, string groups)
    {
        if (groups.Length == 0)
        {
            return default;
        }

        string? container = ContainerId.FindInGroups(groups, out bool isHidden);
        string? podId = PodId.FindInGroups(groups);
        if (container is null && podId is null && !isHidden)
        {
            return default;
        }

        string mounts = ProcFile.TryRead(process.AccessFolder + "/mountinfo", MaxMountBytes, out byte[] raw) ? Encoding.UTF8.GetString(raw) : "";
        container ??= isHidden ? ContainerId.FindInMounts(mounts) : null;
        string? podOfMounts = PodId.FindInMounts(mounts, out string? containerName);

        // A container in a pod can have groups below its own: the mounts are those of the same pod, or they say nothing of the container.
        containerName = podId is null || podId == podOfMounts ? containerName : null;
        podId ??= podOfMounts;
        ContainerPlace place = new(container, containerName, null, podId, null);
        return podId is not null && _folders.TryFind(podId, out (string Namespace, string Name) pod)
            ? place with { Pod = pod.Name, Namespace = pod.Namespace }
            : FromInside(process, place);
    }

    // Pods of Podman have neither a namespace nor a host name that is sure to be theirs.
    private ContainerPlace FromInside(ProcessFacts process, ContainerPlace place)
    {
        const int podmanLength = 64;
        PodVariables variables = PodVariables.Read(process.AccessFolder);
        if (place.PodId is { Length: podmanLength } || (place.PodId is null && !variables.IsInPod))
        {
            return place;
        }

        // Within the pod's own host name, which is the pod's name unless its specification gives it another. Of a pod on the node's network it is the node's.
        bool hasOwnHostName = _hostsUts.Value is not string host || host != ProcFile.ReadLink(process.AccessFolder + "/ns/uts");
        using FileBudget budget = FileBudget.Begin(FileTime, mostUnanswered: 1, CancellationToken.None);
        using TargetFiles files = new(process);
        return place with
        {
            Pod = variables.Name ?? (hasOwnHostName ? variables.HostName ?? ReadName(files, "/etc/hostname") : null),
            Namespace = variables.Namespace ?? ReadName(files, "/var/run/secrets/kubernetes.io/serviceaccount/namespace"),
        };
    }

    private static string? ReadName(TargetFiles files, string path)
    {
        if (!files.TryOpenFile(path, out MappedFile file))
        {
            return null;
        }

        using (file)
        {
            byte[] bytes = new byte[Math.Min(file.Length, MaxNameBytes)];
            string name = Encoding.UTF8.GetString(bytes, 0, file.Read(0, bytes)).TrimEnd();
            return KubernetesName.IsValid(name) ? name : null;
        }
    }

    // The UTS namespace of the node: that of process 1, or of ours where that one may not be read. In a container it is not the node's, but the pod's.
    private static string? FindHostsUts() => OfHost("/proc/1") ?? OfHost("/proc/self");

    private static string? OfHost(string folder)
        => ProcFile.TryRead(folder + "/cgroup", MaxGroupBytes, out byte[] groups)
            && ContainerId.Find(folder, Encoding.UTF8.GetString(groups)) is null
            && !PodVariables.Read(folder).IsInPod
            ? ProcFile.ReadLink(folder + "/ns/uts")
            : null;
}
