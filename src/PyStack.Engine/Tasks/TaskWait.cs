using System.Collections.Generic;

namespace PyStack.Engine.Tasks;

/// <summary>What a task waits for, from memory alone. What the system has to say of it (descriptors, threads, the time that is left) is added afterwards.</summary>
/// <param name="Description">One line, escaped.</param>
internal sealed record TaskWait(PyWaitKind Kind, string Description)
{
    /// <summary>Address and type of what is waited for: <c>0x7f… (asyncio.locks.Lock)</c>.</summary>
    public string? Object { get; init; }

    /// <summary>The address of that object; 0 if there is none.</summary>
    public ulong Address { get; init; }

    /// <summary>The tasks that have to end or act before it goes on: all of them, or with <see cref="IsAny"/> one of them; their addresses.</summary>
    public IReadOnlyList<ulong> Tasks { get; init; } = [];

    /// <summary>Whether one of <see cref="Tasks"/> is enough.</summary>
    public bool IsAny { get; init; }

    /// <summary>The task that holds what is waited for; 0 if that is not known.</summary>
    public ulong Holder { get; init; }

    /// <summary>The lock or semaphore whose holders are looked for when all tasks have been read; 0 if it is none.</summary>
    public ulong Lock { get; init; }

    /// <summary>The state of the thread that has to act; 0 for none.</summary>
    public ulong Thread { get; init; }

    /// <summary>The child that has to end or act, as the target counts; null for none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The descriptor of the target that has to become ready; null for none.</summary>
    public int? Descriptor { get; init; }

    /// <summary>When the wait ends by itself, in seconds of the target's CLOCK_MONOTONIC; null for no limit.</summary>
    public double? Deadline { get; init; }

    /// <summary>The same with what another source knows more of it.</summary>
    public TaskWait Over(TaskWait? other) => other is null ? this : this with
    {
        Object = Object ?? other.Object,
        Address = Address != 0 ? Address : other.Address,
        Tasks = Tasks.Count > 0 ? Tasks : other.Tasks,
        Holder = Holder != 0 ? Holder : other.Holder,
        ProcessId = ProcessId ?? other.ProcessId,
        Descriptor = Descriptor ?? other.Descriptor,
        Deadline = Deadline ?? other.Deadline,
    };

    /// <summary>When a statement around it, such as <c>asyncio.timeout()</c>, cancels the wait; null for none. The same clock.</summary>
    public double? Limit { get; init; }
}
