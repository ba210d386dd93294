namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>The observer's own namespaces, as the links of procfs name them (namespaces(7)). A process with several threads, as we are, cannot change these two.</summary>
internal static class OwnNamespaces
{
    /// <summary>That of process ids; null where it cannot be read.</summary>
    public static readonly string? Pid = ProcFile.ReadLink("/proc/self/ns/pid");

    /// <summary>That of users; null where it cannot be read.</summary>
    public static readonly string? User = ProcFile.ReadLink("/proc/self/ns/user");

    /// <summary>That of the network, which a thread could change and none of ours does; null where it cannot be read.</summary>
    public static readonly string? Network = ProcFile.ReadLink("/proc/self/ns/net");
}
