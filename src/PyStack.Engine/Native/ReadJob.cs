using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Reads a part of an open file into its own memory, and then reads the file's state.</summary>
internal sealed unsafe class ReadJob : FileJob
{
    private readonly SafeHandle _file;
    private readonly long _offset;
    private readonly int _length;
    private byte* _buffer;

    public ReadJob(SafeHandle file, ulong offset, int length, string name, string? device)
        : base(name, device, rights: null)
    {
        _file = file;
        _offset = (long)offset;
        _length = length;
        _buffer = (byte*)NativeMemory.Alloc((nuint)length);
    }

    /// <summary>What was read: less than was asked for where the file ends.</summary>
    public ReadOnlySpan<byte> Bytes => new(_buffer, Count);

    public int Count { get; private set; }

    /// <summary>The file's state after it was read; null if it cannot be obtained.</summary>
    public FileIdentity? After { get; private set; }

    /// <summary>0 or the errno of a read that failed.</summary>
    public int Error { get; private set; }

    public override void Run()
    {
        while (Count < _length)
        {
            nint count = FileCalls.PositionedRead(_file, _buffer + Count, (nuint)(_length - Count), _offset + Count);
            if (count > 0)
            {
                Count += (int)count;
                continue;
            }

            Error = count == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (Error != Errno.EINTR)
            {
                break;
            }
        }

        After = FileCalls.TryGetStatus(_file, out FileCalls.FileStatus status) ? status.Identity : null;
    }

    public override void RunWithOwnRights() => Error = Errno.EACCES;

    /// <summary>Frees the memory: called by the user of <see cref="Bytes"/>, or by the worker if there is none.</summary>
    public override void Discard()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        Count = 0;
    }
}
