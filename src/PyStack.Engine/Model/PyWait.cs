using System.Diagnostics.CodeAnalysis;

namespace PyStack;

/// <summary>What a thread waited for when it was captured. What is not known is null.</summary>
public sealed class PyWait
{
    /// <summary>What is waited for.</summary>
    public PyWaitKind Kind { get; init; }

    /// <summary>One line for people, such as <c>recv from 127.0.0.1:41872 -> 127.0.0.1:5432 (tcp, established)</c>; control characters are escaped.</summary>
    public string Description { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The kernel's name of the system call that the thread is in, such as <c>recvfrom</c>; null of a page that is fetched from a disk.</summary>
    public string? SystemCall { get; init => field = ModelText.Of(value); }

    /// <summary>The descriptor that the call is about; null of a call that is about none or several.</summary>
    public int? FileDescriptor { get; init; }

    /// <summary>What the descriptor is, or the file that the call names: a path, both ends of a socket, <c>pipe:[4711]</c>.</summary>
    public string? Resource { get; init => field = ModelText.Of(value); }

    /// <summary>Address and type of what is waited for in the process's memory, such as <c>0x7f3a5c000c10 (futex)</c>.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "It is an object of the process, and has no type of .NET.")]
    public string? Object { get; init => field = ModelText.Of(value); }

    /// <summary>The thread that has to act before the wait can end; as the observer counts.</summary>
    public int? HolderThreadId { get; init; }

    /// <summary>The process that has to act before the wait can end: the holder of a lock, the child, the other end of a pipe or socket, if it is one alone; as the observer counts.</summary>
    public int? HolderProcessId { get; init; }

    /// <summary>The <see cref="PyTask.Id"/> of the task that has to act before the wait of a task can end: the holder of a lock, the task that is awaited, if it is one alone.</summary>
    public string? HolderTaskId { get; init => field = ModelText.Of(value); }

    /// <summary>Whether the holder no longer exists.</summary>
    public bool? IsHolderGone { get; init; }

    /// <summary>Seconds until the wait ends by itself, at most; null for no limit, or where <see cref="SystemCall"/> has one that could not be read.</summary>
    public double? Timeout { get; init; }

    /// <summary>Whether <see cref="Timeout"/> is the whole time that was asked for, because it is not known when the wait began.</summary>
    public bool IsTimeoutAsked { get; init; }

    /// <summary>The <see cref="Description"/>; control characters are escaped.</summary>
    public override string ToString() => TerminalText.Escape(Description);
}
