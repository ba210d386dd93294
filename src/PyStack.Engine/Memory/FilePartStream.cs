using System;
using System.IO;

namespace PyStack.Engine.Memory;

/// <summary>A part of a file as a stream, for decoders. It is read by copies, so that a file which is cut off ends the stream and nothing else.</summary>
internal sealed class FilePartStream(IFileBytes file, ulong offset, ulong length) : Stream
{
    private ulong _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => (long)length;

    public override long Position
    {
        get => (long)_position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min((ulong)buffer.Length, length - _position);
        int count = wanted == 0 ? 0 : file.Read(offset + _position, buffer[..wanted]);
        _position += (ulong)count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
