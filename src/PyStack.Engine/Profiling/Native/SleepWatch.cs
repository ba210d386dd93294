using System;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Profiling.Native;

/// <summary>What a thread does at the moment.</summary>
internal enum SleepState
{
    /// <summary>It runs, or could.</summary>
    Running,

    /// <summary>It is blocked in the kernel.</summary>
    Blocked,

    /// <summary>There is no such thread any more.</summary>
    Gone,
}

/// <summary>
/// Whether a thread sleeps, and whether it has slept since an earlier look: by its <c>syscall</c> and its <c>schedstat</c> in procfs, as <see cref="RunCounts"/> explains. Its files stay open, and a look allocates nothing.
/// </summary>
internal sealed unsafe class SleepWatch : IDisposable
{
    private const int MaxBytes = 256;

    private readonly SafeFileHandle _call;
    private readonly SafeFileHandle _count;
    private readonly byte[] _callLine = new byte[MaxBytes];
    private readonly byte[] _countLine = new byte[MaxBytes];
    private readonly byte[] _otherLine = new byte[MaxBytes];
    private int _callBytes;
    private int _countBytes;

    public SleepWatch(int processId, int threadId)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{threadId}/");
        _call = FileCalls.Open(folder + "syscall", FileCalls.ReadOnly | FileCalls.CloseOnExec);
        _count = FileCalls.Open(folder + "schedstat", FileCalls.ReadOnly | FileCalls.CloseOnExec);
    }

    /// <summary>Looks at it.</summary>
    /// <param name="isSame">Whether it has not run since the last look that found it blocked.</param>
    public SleepState Look(out bool isSame)
    {
        isSame = false;
        int bytes = Read(_call, _otherLine);
        if (bytes <= 0)
        {
            return SleepState.Gone;
        }

        if (_otherLine[0] == (byte)'r')
        {
            return SleepState.Running;
        }

        _otherLine.AsSpan(0, bytes).CopyTo(_callLine);
        _callBytes = bytes;
        bytes = Read(_count, _otherLine);
        isSame = bytes > 0 && bytes == _countBytes && _otherLine.AsSpan(0, bytes).SequenceEqual(_countLine.AsSpan(0, bytes));
        if (!isSame)
        {
            _countBytes = Math.Max(bytes, 0);
            _otherLine.AsSpan(0, _countBytes).CopyTo(_countLine);
        }

        return SleepState.Blocked;
    }

    /// <summary>Where it was blocked at the last look; false if the kernel does not count, so that nothing can be proved.</summary>
    public bool TryGetCall(out BlockedCall call)
    {
        Span<char> line = stackalloc char[MaxBytes];
        call = default;
        return Parse(_countLine.AsSpan(0, _countBytes), line) is not null && BlockedCall.TryParse(Text(_callLine.AsSpan(0, _callBytes), line), out call);
    }

    /// <summary>Whether it has not run since the last look: what was read since then is of one moment.</summary>
    public bool IsStill()
    {
        int bytes = Read(_call, _otherLine);
        if (bytes != _callBytes || !_otherLine.AsSpan(0, bytes).SequenceEqual(_callLine.AsSpan(0, bytes)))
        {
            return false;
        }

        bytes = Read(_count, _otherLine);
        return bytes == _countBytes && _otherLine.AsSpan(0, bytes).SequenceEqual(_countLine.AsSpan(0, bytes));
    }

    /// <summary>Forgets that it was seen.</summary>
    public void Forget() => _countBytes = 0;

    public void Dispose()
    {
        _call.Dispose();
        _count.Dispose();
    }

    private static RunCount? Parse(ReadOnlySpan<byte> bytes, Span<char> line) => RunCounts.Parse(Text(bytes, line));

    private static ReadOnlySpan<char> Text(ReadOnlySpan<byte> bytes, Span<char> line) => line[..Encoding.ASCII.GetChars(bytes.TrimEnd((byte)'\n'), line)];

    private static int Read(SafeFileHandle file, byte[] line)
    {
        fixed (byte* start = line)
        {
            return file.IsInvalid ? -1 : (int)FileCalls.PositionedRead(file, start, MaxBytes, 0);
        }
    }
}
