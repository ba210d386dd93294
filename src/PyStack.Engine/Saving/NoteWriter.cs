using System;
using System.Buffers;
using System.Buffers.Binary;

namespace PyStack.Engine.Saving;

/// <summary>Writes notes (ELF gABI, "Note Section"): sizes of name and description, type, then both, each padded to 4 bytes.</summary>
internal sealed class NoteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Add(ReadOnlySpan<byte> owner, uint type, ReadOnlySpan<byte> description)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, owner.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], description.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], type);
        _bytes.Write(header);
        _bytes.Write(owner);
        _bytes.Write("\0"u8);
        Pad();
        _bytes.Write(description);
        Pad();
    }

    private void Pad()
    {
        while (_bytes.WrittenCount % 4 != 0)
        {
            _bytes.Write("\0"u8);
        }
    }
}
