using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>A task as it was read: what tells it from another one that gets its memory later, and what awaits it.</summary>
internal sealed class SampledTask
{
    /// <summary>Of the object.</summary>
    public required ulong Address { get; init; }

    /// <summary>The number that its samples have (<see cref="TaskNumbers"/>).</summary>
    public required int Number { get; init; }

    /// <summary>Whether its fields are in a struct, which each sample reads; those of a task that was written in Python are attributes.</summary>
    public required bool IsNative { get; init; }

    public required ulong Type { get; init; }

    /// <summary>What it has as its coroutine.</summary>
    public required ulong Coroutine { get; init; }

    /// <summary>The generator or coroutine of Python's own that this is, or has in it; 0 if there is none.</summary>
    public required ulong Generator { get; init; }

    /// <summary>The code object of its frame.</summary>
    public required ulong Code { get; init; }

    public required TaskNameBytes Name { get; init; }

    /// <summary>The tasks that await it; null as long as they were not read.</summary>
    public TaskParents? Parents { get; set; }

    /// <summary>Whether it is the same as one that was read at another time.</summary>
    public bool IsSame(SampledTask? other)
        => other is not null && other.Address == Address && other.Type == Type && other.Coroutine == Coroutine && other.Generator == Generator && other.Code == Code && other.Name.IsSame(Name);
}

/// <summary>The tasks that await one, and those that await these: of several at one place the one that has waited longest.</summary>
/// <param name="Frames">Innermost first; all are suspended.</param>
/// <param name="Awaiters">What the task had when they were read.</param>
/// <param name="Watched">Other memory that says that it is still so: the callback that wakes up the first one, and where these frames are.</param>
/// <param name="Bytes">What is there.</param>
/// <param name="ReadAt">In ticks.</param>
internal sealed record TaskParents(SampledFrame[] Frames, AwaiterFields Awaiters, IoVector[] Watched, byte[] Bytes, long ReadAt)
{
    public static readonly TaskParents None = new([], default, [], [], 0);
}

/// <summary>Words of a task that change when it is awaited by another one.</summary>
internal readonly record struct AwaiterFields(ulong FirstCallback, ulong Callbacks, ulong AwaitedBy);

/// <summary>The object that is the name of a task: a <c>str</c>, or from 3.12 on an <c>int</c> until someone asks for the name. Another one may get its memory, so that its bytes are compared.</summary>
/// <param name="Object">Its address; 0 for none.</param>
/// <param name="Start">Where the bytes are that tell it.</param>
/// <param name="DataOffset">Those between the first 8 bytes, the length, and here may change, such as the hash.</param>
internal readonly record struct TaskNameBytes(ulong Object, ulong Start, int DataOffset, byte[] Bytes)
{
    public static readonly TaskNameBytes None = new(0, 0, 0, []);

    public bool IsSame(TaskNameBytes other) => Object == other.Object && IsSame(other.Bytes);

    public bool IsSame(ReadOnlySpan<byte> bytes)
        => bytes.Length == Bytes.Length
            && (bytes.Length < sizeof(ulong) || (bytes[..sizeof(ulong)].SequenceEqual(Bytes.AsSpan(0, sizeof(ulong))) && bytes[DataOffset..].SequenceEqual(Bytes.AsSpan(DataOffset))));
}
