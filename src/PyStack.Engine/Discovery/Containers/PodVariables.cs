using System;
using System.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery.Containers;

/// <summary>
/// What the environment of a process says of its pod. It is that of the program's start, and the process can have written over it. Of all others of its variables nothing is kept: they have secrets.
/// </summary>
internal sealed class PodVariables
{
    private const int MaxBytes = 1 << 20;

    private PodVariables(ReadOnlySpan<byte> environment)
    {
        IsInPod = Find(environment, "KUBERNETES_SERVICE_HOST="u8) is not null;
        Name = NameOf(environment, "POD_NAME="u8);
        Namespace = NameOf(environment, "POD_NAMESPACE="u8);
        HostName = NameOf(environment, "HOSTNAME="u8);
    }

    /// <summary>Whether it has the variable that the kubelet gives to every container.</summary>
    public bool IsInPod { get; }

    /// <summary><c>POD_NAME</c>, the usual name of the variable where a pod's specification has one for it; null if there is none that can be a pod's name.</summary>
    public string? Name { get; }

    /// <summary><c>POD_NAMESPACE</c>, as <see cref="Name"/>.</summary>
    public string? Namespace { get; }

    /// <summary><c>HOSTNAME</c>, as <see cref="Name"/>.</summary>
    public string? HostName { get; }

    /// <summary>Those of a process; none if its environment may not be read.</summary>
    /// <param name="folder">Its folder in procfs.</param>
    public static PodVariables Read(string folder) => new(ProcFile.TryRead(folder + "/environ", MaxBytes, out byte[] environment) ? environment : []);

    /// <summary>Those of a text as <c>/proc/PID/environ</c> has it: each variable ends with a zero byte.</summary>
    public static PodVariables Parse(ReadOnlySpan<byte> environment) => new(environment);

    private static string? NameOf(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> key)
        => Find(environment, key) is string value && KubernetesName.IsValid(value) ? value : null;

    private static string? Find(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> key)
    {
        while (!environment.IsEmpty)
        {
            int end = environment.IndexOf((byte)0);
            ReadOnlySpan<byte> variable = end < 0 ? environment : environment[..end];
            if (variable.StartsWith(key))
            {
                return Encoding.UTF8.GetString(variable[key.Length..]);
            }

            environment = end < 0 ? default : environment[(end + 1)..];
        }

        return null;
    }
}
