using System;

namespace PyStack;

/// <summary>Information about the process in a core file.</summary>
public sealed class PyCore
{
    /// <summary>The core file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The id that the process had. Not called <c>ProcessId</c>: cmdlets that take process ids would take it for the process that has this id today.
    /// </summary>
    public int DumpedProcessId { get; init; }

    /// <summary>The id of its parent process, or of the parent's thread that started it, as the kernel writes it; null if the core does not have it (<c>NT_PRPSINFO</c>), as for the next ones.</summary>
    public int? ParentProcessId { get; init; }

    /// <summary>The id of its user.</summary>
    public uint? UserId { get; init; }

    /// <summary>The id of its group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>The letter that <c>ps</c> has for its state: R running, S sleeping, D uninterruptible (disk), T stopped, Z zombie.</summary>
    public string? State { get; init => field = ModelText.Of(value); }

    /// <summary>The process's name as the kernel had it (at most 15 bytes).</summary>
    public string? Name { get; init => field = ModelText.Of(value); }

    /// <summary>The program's file, as the process named it; only its name (at most 15 bytes) if the core does not say more.</summary>
    public string? Executable { get; init => field = ModelText.Of(value); }

    /// <summary>The arguments, joined by blanks (at most 79 bytes), with passwords and tokens hidden.</summary>
    public string? Arguments { get; init => field = ModelText.Of(value); }

    /// <summary>The number of the signal that ended it; null if none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The signal's name, for example <c>SIGSEGV</c>.</summary>
    public string? SignalName { get; init => field = ModelText.Of(value); }

    /// <summary>The process that sent the signal; null if none did.</summary>
    public int? SenderId { get; init; }

    /// <summary>The address that it could not access; null for other signals.</summary>
    public ulong? FaultAddress { get; init; }

    /// <summary>Why the core was written, in words.</summary>
    public string Reason { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>When the core was written, in local time: the file's own time.</summary>
    public DateTime Time { get; init; }

    /// <summary>The processor, as <c>uname -m</c> names it.</summary>
    public string Architecture { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The number of its threads.</summary>
    public int Threads { get; init; }

    /// <summary>The size of the core in bytes; of a compressed one, unpacked.</summary>
    public long Size { get; init; }

    /// <summary>The size in bytes according to the core's own headers; more than <see cref="Size"/> if it is truncated.</summary>
    public long ExpectedSize { get; init; }

    /// <summary>Whether the core is truncated: by a limit (<c>ulimit -c</c>), a full disk, or when it was copied or compressed.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether the process's own memory is in it, without which there are no stacks: the process's <c>coredump_filter</c> may have left it out (core(5)).</summary>
    public bool HasPrivateMemory { get; init; } = true;

    /// <summary>The version of Python, <c>3.11.7</c>; null if none was found.</summary>
    public string? PythonVersion { get; init => field = ModelText.Of(value); }

    /// <summary>The programs and libraries that it had mapped.</summary>
    public PyCoreFileList Files { get; init; } = [];

    /// <summary>The core on one line: file, process, signal, version and time; control characters are escaped.</summary>
    public override string ToString() => StackText.Of(this);
}
