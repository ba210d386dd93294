using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Profiling;

/// <summary>The fields of a thread state that each sample reads: whose it is, and in 3.11 and 3.12 where the struct with its current frame is.</summary>
internal readonly struct StateFields
{
    private readonly int _threadId;
    private readonly int? _nativeId;
    private readonly int? _cframe;

    /// <summary>More than this is not read for one field more.</summary>
    private const int MaxLength = 256;

    public StateFields(ThreadLayout at)
    {
        (_threadId, _nativeId, _cframe) = (at.ThreadId, at.NativeThreadId, at.CFrame);
        Start = Math.Min(at.ThreadId, Math.Min(at.NativeThreadId ?? at.ThreadId, at.CFrame ?? at.ThreadId));
        int end = Math.Max(at.ThreadId, Math.Max(at.NativeThreadId ?? 0, at.CFrame ?? 0)) + sizeof(ulong);
        if (at.CFrame is null && (at.CurrentFrame ?? at.Frame) is int head && Math.Max(end, head + sizeof(ulong)) - Math.Min(Start, head) <= MaxLength)
        {
            (Start, end) = (Math.Min(Start, head), Math.Max(end, head + sizeof(ulong)));
            Head = head - Start;
        }

        Length = end - Start;
    }

    /// <summary>Where they begin in the thread state.</summary>
    public int Start { get; }

    /// <summary>In bytes.</summary>
    public int Length { get; }

    /// <summary>Where among these bytes the address of the current frame is; null if it is too far away, or not in the thread state.</summary>
    public int? Head { get; }

    /// <summary>Whether the state is (still) that of a thread: its memory may have been given to another one.</summary>
    public bool AreOf(ReadOnlySpan<byte> fields, ulong pthreadId, long nativeId)
        => Unsafe.ReadUnaligned<ulong>(in fields[_threadId - Start]) == pthreadId
            && (_nativeId is not int native || Unsafe.ReadUnaligned<long>(in fields[native - Start]) == nativeId);

    /// <summary>The address of its <c>_PyCFrame</c>; null in versions without one.</summary>
    public ulong? CFrameOf(ReadOnlySpan<byte> fields) => _cframe is int cframe ? Unsafe.ReadUnaligned<ulong>(in fields[cframe - Start]) : null;
}
