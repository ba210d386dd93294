namespace PyStack.Engine.Waits.Descriptors;

/// <summary>What kind of thing a descriptor is.</summary>
internal enum DescriptorKind
{
    Unknown,
    File,
    Fifo,
    Pipe,
    Terminal,
    Socket,
    Event,
    Timer,
    Signal,
    Watch,
    Process,
    Poll,
    Other,
}

/// <summary>A descriptor that a thread waits for. What is at its other end is found later, for all threads at once.</summary>
/// <param name="Link">As procfs names it: a path, <c>socket:[4711]</c>; null of a core and where we may not see it.</param>
internal sealed record Descriptor(int Number, DescriptorKind Kind, string? Link)
{
    /// <summary>The socket's number, of <see cref="DescriptorKind.Socket"/>.</summary>
    public ulong Inode { get; init; }

    /// <summary>What its fdinfo says of it; escaped.</summary>
    public string? Detail { get; init; }

    /// <summary>What the links of the other end's processes are; null where there is no other end.</summary>
    public string? PeerLink { get; init; }

    /// <summary>Whether the other end is the same kind of descriptor, open to write or to read.</summary>
    public PeerAccess PeerAccess { get; init; }

    /// <summary>The number of a terminal whose other end is its master (<c>tty-index</c>); -1 of all others.</summary>
    public int PeerTerminal { get; init; } = -1;

    /// <summary>Seconds until a timer ends; null of all others.</summary>
    public double? Left { get; init; }

    /// <summary>The process of a pidfd, as the observer counts; 0 of all others.</summary>
    public int ProcessId { get; init; }

    /// <summary>The kind of a wait for this one alone.</summary>
    public PyWaitKind WaitKind => Kind switch
    {
        DescriptorKind.Socket => PyWaitKind.Socket,
        DescriptorKind.Pipe or DescriptorKind.Fifo => PyWaitKind.Pipe,
        DescriptorKind.Terminal => PyWaitKind.File,
        DescriptorKind.File => PyWaitKind.Disk,
        DescriptorKind.Signal => PyWaitKind.Signal,
        DescriptorKind.Process => PyWaitKind.Process,
        DescriptorKind.Timer => PyWaitKind.Sleep,
        DescriptorKind.Poll => PyWaitKind.Select,
        _ => PyWaitKind.Other,
    };
}

/// <summary>What another process must be able to do with the same pipe to be at its other end.</summary>
internal enum PeerAccess
{
    Any,
    Read,
    Write,
}
