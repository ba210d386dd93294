using System;

namespace PyStack;

/// <summary>A running process that has a Python interpreter mapped.</summary>
public sealed class PyProcess
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int Id { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public required string Name { get; init => field = ModelText.Of(value)!; }

    /// <summary>The id of the process that is its parent now; 0 if that is outside of the observer's PID namespace.</summary>
    public int ParentId { get; init; }

    /// <summary>The interpreter's version, <c>3.11.7</c>, that of the first where there are several; only <c>3.11</c> where its memory cannot be read; null if even that is unknown.</summary>
    public string? PythonVersion { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// The interpreters that are in the process, nearly always one; a program can load a second libpython. <see cref="PyThread.RuntimeIndex"/> counts them in this order.
    /// </summary>
    public PyInterpreterList Interpreters { get; init; } = [];

    /// <summary>Which implementation of Python it is.</summary>
    public PyImplementation Implementation { get; init; }

    /// <summary>
    /// The program's file, in the root of the process; of an interpreter that was started through the dynamic loader, the interpreter's.
    /// </summary>
    public string? Executable { get; init => field = ModelText.Of(value); }

    /// <summary>The arguments, joined by blanks, with passwords and tokens hidden; empty if the process has written over them.</summary>
    public string CommandLine { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>What the kernel's scheduler says of the main thread; of another one if that has ended. Other threads may be in other states: <see cref="PyThread.State"/>.</summary>
    public PyThreadState State { get; init; }

    /// <summary>
    /// How long the threads of the process have run on processors so far, in user and in kernel mode, in seconds, to a hundredth: those that have ended included, child processes not. Null
    /// if that is not known. In PowerShell also as a time span, <c>CpuTime</c>, which is not serialized.
    /// </summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The same as a time span.</summary>
    internal TimeSpan? CpuTime
    {
        get => CpuSeconds is double seconds ? TimeSpan.FromSeconds(seconds) : null;
        init => CpuSeconds = value?.TotalSeconds;
    }

    /// <summary>How much of its memory is in RAM, in bytes: what it shares with other processes is included.</summary>
    public long WorkingSet { get; init; }

    /// <summary>The number of the process's threads, those without Python included.</summary>
    public int Threads { get; init; }

    /// <summary>When it started, in local time; exact to 10 ms.</summary>
    public DateTime StartTime { get; init; }

    /// <summary>The user that it runs as: the name if this machine has one for it, else the number.</summary>
    public string User { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The id of the container that it runs in, or its name where containers have names (LXC, systemd-nspawn); null if in none.</summary>
    public string? Container { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// The name of the container in the specification of its pod, from the kubelet's mounts; null outside of Kubernetes, whose containers have no name that can be seen at the process.
    /// </summary>
    public string? ContainerName { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// The name of its pod in Kubernetes; null if in none, or if the name is not known. It comes from the kubelet's folders (<c>/var/log/pods</c>) where this is the node. Elsewhere it
    /// is what the container says of itself: <c>POD_NAME</c> in its environment, else its host name, which is the pod's name, cut to 63 characters, unless the pod's specification sets
    /// another.
    /// </summary>
    public string? Pod { get; init => field = ModelText.Of(value); }

    /// <summary>The id of its pod, as control groups and mounts have it: the UID in Kubernetes, 64 digits in Podman. Null if in none.</summary>
    public string? PodId { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// The namespace of its pod in Kubernetes, from the same sources: the kubelet's folders, else <c>POD_NAMESPACE</c> in its environment, else the file of its service account. Null if it
    /// is not known.
    /// </summary>
    public string? Namespace { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// The unit of systemd that it belongs to, such as <c>nginx.service</c> or <c>session-2.scope</c>; a unit of a user's own systemd is <c>user@1000.service/app.service</c>. Null if in none,
    /// and in a container that hides it. A slice is no unit of processes.
    /// </summary>
    public string? Unit { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// Whether it runs a program, library or extension module whose file is no longer there under its name: an upgrade has replaced or removed it, and until a restart the process runs the
    /// old one. A file that was written over in its place is not noticed.
    /// </summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether this user may read its memory, which is what <c>Get-PyStack</c> needs. <c>Test-PyStackAccess</c> gives the reason.</summary>
    public bool IsAccessible { get; init; }

    /// <summary>The process on one line: id, name, version, start and command line; control characters are escaped.</summary>
    public override string ToString() => StackText.Of(this);
}
