using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Compression;

namespace PyStack.Engine.Results;

/// <summary>
/// A 64-bit hash (XXH3) over the parts that make two stacks equal for a reader: kind, file, function and line of every frame. The same on every machine and with every
/// version of .NET, so that hashes of a fleet can be grouped. Each text is hashed once and remembered by its object.
/// </summary>
/// <remarks>
/// For each frame, outermost first, 24 bytes: file, function (each the XXH3 of its UTF-16 code units, little-endian; 0 where there is none), line (0 where there is
/// none) and kind, 4 bytes each.
/// </remarks>
internal sealed class StackHash
{
    private const int FrameBytes = 24;

    private readonly Dictionary<object, ulong> _texts = new(ReferenceEqualityComparer.Instance);
    private byte[] _bytes = [];

    /// <summary>The hash of a stack as 16 hexadecimal digits.</summary>
    /// <exception cref="EngineException">The module's files are incomplete.</exception>
    public string Of(PyFrame[] frames)
    {
        if (_bytes.Length < frames.Length * FrameBytes)
        {
            _bytes = new byte[frames.Length * FrameBytes];
        }

        Span<byte> bytes = _bytes.AsSpan(0, frames.Length * FrameBytes);
        for (int i = 0; i < frames.Length; i++)
        {
            Span<byte> row = bytes.Slice(i * FrameBytes, FrameBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(row, HashOf(frames[i].File));
            BinaryPrimitives.WriteUInt64LittleEndian(row[8..], HashOf(frames[i].Function));
            BinaryPrimitives.WriteInt32LittleEndian(row[16..], frames[i].Line ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(row[20..], (int)frames[i].Kind);
        }

        return Hash(bytes).ToString("x16", CultureInfo.InvariantCulture);
    }

    private ulong HashOf(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        if (!_texts.TryGetValue(text, out ulong hash))
        {
            // The machines that we run on are little-endian.
            hash = Hash(MemoryMarshal.AsBytes(text.AsSpan()));
            _texts.Add(text, hash);
        }

        return hash;
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
        => (CodecLibrary.Hash ?? throw new EngineException(
            EngineError.CannotRead, "A part of PyStack is missing: the folder codecs is not as it was installed.", "Install the module again."))(bytes);
}
