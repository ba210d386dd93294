using System;

namespace PyStack;

/// <summary>What a core tells of the process that it was.</summary>
public sealed class PyCore
{
    /// <summary>The core file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The id that the process had. Not called <c>ProcessId</c>: cmdlets that take process ids would take it for the process that has this id today.
    /// </summary>
    public int DumpedProcessId { get; init; }

    /// <summary>The id of the process that had started it, or of the thread of it that did, as the kernel writes it; null if the core does not tell (<c>NT_PRPSINFO</c>), as the next ones.</summary>
    public int? ParentProcessId { get; init; }

    /// <summary>The number of its user.</summary>
    public uint? UserId { get; init; }

    /// <summary>The number of its group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>The letter that <c>ps</c> has for its state: R running, S sleeping, D in the disk's hands, T stopped, Z zombie.</summary>
    public string? State { get; init; }

    /// <summary>The process's name as the kernel had it (at most 15 bytes).</summary>
    public string? Name { get; init; }

    /// <summary>The program's file, as the process named it; only its name (at most 15 bytes) if the core does not tell more.</summary>
    public string? Executable { get; init; }

    /// <summary>The arguments, joined by blanks (at most 79 bytes), with passwords and tokens hidden.</summary>
    public string? Arguments { get; init; }

    /// <summary>The number of the signal that it died of; null if it did not die.</summary>
    public int? Signal { get; init; }

    /// <summary>The signal's name, for example <c>SIGSEGV</c>.</summary>
    public string? SignalName { get; init; }

    /// <summary>The process that had sent the signal; null if none had.</summary>
    public int? SenderId { get; init; }

    /// <summary>The address that it could not access; null for other signals.</summary>
    public ulong? FaultAddress { get; init; }

    /// <summary>Why there is a core, in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When the core was written, in local time: the file's own time.</summary>
    public DateTime Time { get; init; }

    /// <summary>The processor, as <c>uname -m</c> names it.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The number of its threads.</summary>
    public int Threads { get; init; }

    /// <summary>The bytes of the core; of a packed one, unpacked.</summary>
    public long Size { get; init; }

    /// <summary>The bytes that the core's own headers announce; more than <see cref="Size"/> if it was cut.</summary>
    public long ExpectedSize { get; init; }

    /// <summary>Whether the core was cut: by a limit (<c>ulimit -c</c>), a full disk, or when it was copied or packed.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether the process's own memory is in it, without which there are no stacks: the process's <c>coredump_filter</c> may have left it out (core(5)).</summary>
    public bool HasPrivateMemory { get; init; } = true;

    /// <summary>The version of Python, <c>3.11.7</c>; null if none was found.</summary>
    public string? PythonVersion { get; init; }

    /// <summary>The programs and libraries that it had mapped.</summary>
    public PyCoreFile[] Files { get; init; } = [];

    /// <summary>The core on one line: file, process, signal, version and time; control characters are written out.</summary>
    public override string ToString() => StackText.Of(this);
}
