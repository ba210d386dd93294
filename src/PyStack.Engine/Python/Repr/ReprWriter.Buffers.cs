using System;

namespace PyStack.Engine.Python.Repr;

/// <summary>Room for bytes of the target, used again for each object. The pause uses what there is.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>Room that the pause always finds, in bytes: a str of 4,000 characters of any width.</summary>
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

    // False only in the pause, where what is longer than in the rehearsal is not looked at.
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
