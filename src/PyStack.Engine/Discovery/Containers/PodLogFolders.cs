using System;
using System.Collections.Generic;
using System.IO;

namespace PyStack.Engine.Discovery.Containers;

/// <summary>
/// The names of this node's pods: the kubelet keeps the logs of each in <c>/var/log/pods/NAMESPACE_NAME_UID</c>. No container can write there, so these names are certain. They are there
/// on the node itself, and in a container that has that folder of the node mounted.
/// </summary>
internal sealed class PodLogFolders(string folder)
{
    /// <summary>Where the kubelet has them, unless its configuration says otherwise (<c>podLogsDir</c>).</summary>
    public const string Usual = "/var/log/pods";

    /// <summary>A node has some hundred pods; those of ended ones are removed.</summary>
    private const int MaxPods = 16_384;

    private readonly Lazy<Dictionary<string, (string Namespace, string Name)>> _pods = new(() => Read(folder));

    /// <summary>Namespace and name of the pod with this UID.</summary>
    public bool TryFind(string podId, out (string Namespace, string Name) pod) => _pods.Value.TryGetValue(podId, out pod);

    private static Dictionary<string, (string Namespace, string Name)> Read(string folder)
    {
        Dictionary<string, (string Namespace, string Name)> pods = new(StringComparer.Ordinal);
        try
        {
            foreach (string path in Directory.EnumerateDirectories(folder))
            {
                // Names of Kubernetes have no underscore.
                if (Path.GetFileName(path).Split('_') is [string place, string name, string id] && KubernetesName.IsValid(place) && KubernetesName.IsValid(name))
                {
                    _ = pods.TryAdd(id, (place, name));
                }

                if (pods.Count == MaxPods)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is no node, or its names may not be seen.
        }

        return pods;
    }
}
