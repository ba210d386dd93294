using System;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Whether a thread waits in the kernel: asked of procfs right after each copy of its stack, since a stack does not show when a call begins to wait. While it sleeps, its count of runs proves that it has not run
/// since, so that neither its stack nor its state has to be read again.
/// </summary>
internal sealed unsafe class IdleWatch : IDisposable
{
    private const int Bytes = 80;

    /// <summary>For so long a thread that ran and has its GIL is taken to run on: who waits gives the GIL back first, and where it is not given back, a wait can be seen this much later.</summary>
    private static readonly long RunsOn = Stopwatch.Frequency / 50_000;

    private readonly SafeFileHandle? _call;
    private readonly SafeFileHandle? _runs;
    private readonly byte[] _runsBefore = new byte[Bytes];
    private int _length;
    private long _askedAt;
    private bool _hadGil;

    /// <param name="threadId">As the observer counts; 0 for none.</param>
    /// <param name="mayOpen">Whether files may be kept open for it.</param>
    public IdleWatch(int processId, int threadId, bool mayOpen)
    {
        if (threadId > 0 && mayOpen)
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{threadId}/");
            _call = Open(folder + "syscall");
            _runs = Open(folder + "schedstat");
        }
    }

    /// <summary>Whether it waited when it was asked last, as far as that is known.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Whether its state can be asked.</summary>
    public bool IsKnown => _call is not null;

    /// <summary>Whether the thread has ended.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether it has slept since it was asked last: it waited then, and has not run since its runs were counted before that.</summary>
    public bool HasSlept()
    {
        if (!IsIdle || _runs is null)
        {
            return false;
        }

        // proc_pid_schedstat (fs/proc/base.c): ns on a processor, ns of waiting for one, and how often it got one, which counts from the moment on at which it runs.
        byte* text = stackalloc byte[Bytes];
        nint count = FileCalls.PositionedRead(_runs, text, Bytes, 0);
        ReadOnlySpan<byte> now = new(text, (int)Math.Max(0, count));
        if (_length > 0 && now.SequenceEqual(_runsBefore.AsSpan(0, _length)))
        {
            return true;
        }

        // All zeros where the kernel does not count.
        _length = now.StartsWith("0 0 0"u8) ? 0 : now.Length;
        now.CopyTo(_runsBefore);
        return false;
    }

    /// <summary>Asks. proc_pid_syscall(5): "running", or the call; -1 of a thread that is blocked outside of one.</summary>
    /// <param name="hasGil">Whether the thread is known to have its GIL.</param>
    public void Ask(bool hasGil)
    {
        long now = Stopwatch.GetTimestamp();
        if (_call is null || (hasGil && _hadGil && !IsIdle && now - _askedAt < RunsOn))
        {
            return;
        }

        (_askedAt, _hadGil) = (now, hasGil);

        byte* text = stackalloc byte[Bytes];
        nint count = FileCalls.PositionedRead(_call, text, Bytes, 0);
        IsGone = count <= 0;
        bool isIdle = count > 0 && text[0] != (byte)'r';
        if (!isIdle)
        {
            _length = 0;
        }

        IsIdle = isIdle;
    }

    public void Dispose()
    {
        _call?.Dispose();
        _runs?.Dispose();
    }

    private static SafeFileHandle? Open(string path)
    {
        SafeFileHandle file = FileCalls.Open(path, FileCalls.ReadOnly | FileCalls.CloseOnExec);
        if (!file.IsInvalid)
        {
            return file;
        }

        file.Dispose();
        return null;
    }
}
