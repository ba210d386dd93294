using System;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>Whether a thread waits in the kernel: asked of procfs at most once in a millisecond, and at once where its stack has changed since it was found waiting.</summary>
internal sealed unsafe class IdleWatch : IDisposable
{
    private const int Bytes = 64;

    private readonly SafeFileHandle? _file;
    private long _askedAt = long.MinValue;
    private int _stack = -1;
    private bool _isIdle;

    /// <param name="threadId">As the observer counts; 0 for none.</param>
    public IdleWatch(int processId, int threadId)
    {
        if (threadId > 0)
        {
            SafeFileHandle file = FileCalls.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{threadId}/syscall"), FileCalls.ReadOnly | FileCalls.CloseOnExec);
            _file = file.IsInvalid ? null : file;
        }
    }

    /// <summary>Whether it waits, as far as that is known.</summary>
    /// <param name="stack">The number of its stack.</param>
    /// <param name="now">Ticks of the clock.</param>
    /// <param name="lasts">How many ticks an answer is good for, while the stack is the same.</param>
    public bool IsIdle(int stack, long now, long lasts)
    {
        if (stack == _stack && now - _askedAt < lasts)
        {
            return _isIdle;
        }

        // One that has gone on since has run.
        _isIdle = _file is not null && Ask();
        (_stack, _askedAt) = (stack, now);
        return _isIdle;
    }

    public void Dispose() => _file?.Dispose();

    // proc_pid_syscall(5): "running", or the call; -1 of a thread that is blocked outside of one.
    private bool Ask()
    {
        byte* text = stackalloc byte[Bytes];
        nint count = FileCalls.PositionedRead(_file!, text, Bytes, 0);
        return count > 0 && text[0] != (byte)'r';
    }
}
