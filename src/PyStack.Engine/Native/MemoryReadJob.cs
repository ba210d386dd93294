using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Reads memory of a process that has to be fetched from a file first.</summary>
internal sealed unsafe class MemoryReadJob : FileJob
{
    private readonly int _processId;
    private readonly ulong _address;
    private readonly int _length;
    private byte* _buffer;

    public MemoryReadJob(int processId, ulong address, int length, string device)
        : base($"memory of process {processId} that is in a file", device, rights: null)
    {
        _processId = processId;
        _address = address;
        _length = length;
        _buffer = (byte*)NativeMemory.Alloc((nuint)length);
    }

    /// <summary>The number of bytes, or -errno.</summary>
    public nint Result { get; private set; }

    public ReadOnlySpan<byte> Bytes => new(_buffer, (int)Math.Max(0, Result));

    public override void Run() => Result = ProcessMemory.Read(_processId, _address, new Span<byte>(_buffer, _length));

    public override void RunWithOwnRights() => Result = -Errno.EPERM;

    public override void Discard()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        Result = 0;
    }
}
