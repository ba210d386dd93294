using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace PyStack.TestSupport.Targets;

/// <summary>A kernel's core, read as far as tests of the unwinder need it: memory, and each thread's registers (ELF gABI; linux/elfcore.h).</summary>
public sealed class RecordedCore
{
    // struct elf_prstatus: pr_pid at 32, pr_reg at 112, the same on both processors.
    private const int ProcessIdOffset = 32;
    private const int RegistersOffset = 112;

    private readonly byte[] _bytes;
    private readonly List<(ulong Address, ulong Length, ulong Offset)> _segments = [];

    public RecordedCore(string path)
    {
        _bytes = File.ReadAllBytes(path);
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(56));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = _bytes.AsSpan((int)table + (i * 56));
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
            if (type == 1)
            {
                _segments.Add((address, length, offset));
            }
            else if (type == 4)
            {
                ReadNotes(_bytes.AsSpan((int)offset, (int)length));
            }
        }
    }

    /// <summary>The threads and their general registers, as the core orders them.</summary>
    public List<(int ThreadId, byte[] Registers)> Threads { get; } = [];

    /// <summary>Reads memory: the number of bytes that the core has there.</summary>
    public int Read(ulong address, Span<byte> destination)
    {
        foreach ((ulong start, ulong length, ulong offset) in _segments)
        {
            if (address >= start && address - start < length)
            {
                int count = (int)Math.Min((ulong)destination.Length, length - (address - start));
                _bytes.AsSpan((int)(offset + (address - start)), count).CopyTo(destination);
                return count;
            }
        }

        return 0;
    }

    private void ReadNotes(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            int nameSize = BinaryPrimitives.ReadInt32LittleEndian(notes);
            int size = BinaryPrimitives.ReadInt32LittleEndian(notes[4..]);
            int type = BinaryPrimitives.ReadInt32LittleEndian(notes[8..]);
            int start = 12 + ((nameSize + 3) & ~3);
            if (type == 1)
            {
                ReadOnlySpan<byte> status = notes.Slice(start, size);
                Threads.Add((BinaryPrimitives.ReadInt32LittleEndian(status[ProcessIdOffset..]), status[RegistersOffset..].ToArray()));
            }

            notes = notes[Math.Min(notes.Length, start + ((size + 3) & ~3))..];
        }
    }
}
