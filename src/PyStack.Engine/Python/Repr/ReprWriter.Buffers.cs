using System;

namespace PyStack.Engine.Python.Repr;

/// <summary>A buffer for bytes of the target, reused for each object. In the pause it does not grow.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>The minimum size in the pause, in bytes: a str of 4,000 characters of any width.</summary>
    private const int LeastBuffer = 16 << 10;

    private byte[] _buffer = new byte[1024];
    private char[] _characters = new char[1024];

    private void ReserveBuffers()
    {
        int wanted = (int)Math.Min(LeastBuffer, ((long)_maxLength + 1) * sizeof(uint));
        if (_buffer.Length < wanted)
        {
            _buffer = new byte[wanted];
            _characters = new char[wanted];
        }
    }

    // False only in the pause, where an object that is longer than in the rehearsal is not read.
    private bool TryBuffer(int length, out Span<byte> buffer)
    {
        if (length > _buffer.Length || length > _characters.Length)
        {
            if (_isPaused)
            {
                buffer = default;
                return false;
            }

            _buffer = new byte[Math.Max(length, _buffer.Length * 2)];
            _characters = new char[_buffer.Length];
        }

        buffer = _buffer.AsSpan(0, length);
        return true;
    }
}
