using System;
using System.IO;

namespace PyStack.Engine.Memory;

/// <summary>A part of a file as a stream, for decoders. It is read by copies, so that a file which is cut off ends the stream and nothing else.</summary>
/// <param name="bufferBytes">What is read of the file at once; 0 for as much as is asked for.</param>
internal sealed class FilePartStream(IFileBytes file, ulong offset, ulong length, int bufferBytes = 0) : Stream
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private ulong _position;
    private int _next;
    private int _buffered;

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
        if (wanted < _buffer.Length && _next == _buffered)
        {
            _buffered = file.Read(offset + _position, _buffer.AsSpan(0, (int)Math.Min((ulong)_buffer.Length, length - _position)));
            _next = 0;
        }

        int count = Math.Min(wanted, _buffered - _next);
        if (count > 0)
        {
            _buffer.AsSpan(_next, count).CopyTo(buffer);
            _next += count;
        }
        else
        {
            count = wanted == 0 || wanted < _buffer.Length ? 0 : file.Read(offset + _position, buffer[..wanted]);
        }

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
