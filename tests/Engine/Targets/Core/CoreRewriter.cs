using System;
using System.Buffers.Binary;
using System.IO;

namespace PyStack.Engine.Tests.Targets.Core;

/// <summary>Changes real cores (ELF gABI, Elf64_Ehdr and Elf64_Phdr).</summary>
internal static class CoreRewriter
{
    private const int HeaderBytes = 64;
    private const int SegmentBytes = 56;
    private const int SectionBytes = 64;
    private const ushort ExtendedCount = 0xffff;

    /// <summary>
    /// Moves the program headers to the end and adds loaded segments that nothing uses, one page each and one behind the other, or as large as the hole that the file gets.
    /// </summary>
    public static void AddSegments(string path, int count, long holeBytes)
    {
        byte[] core = File.ReadAllBytes(path);
        int old = BinaryPrimitives.ReadUInt16LittleEndian(core.AsSpan(56));
        long table = BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(32));
        byte[] segments = new byte[(old + count) * SegmentBytes];
        core.AsSpan((int)table, old * SegmentBytes).CopyTo(segments);
        long size = holeBytes == 0 ? 4096 : holeBytes;
        long tail = (core.Length + 4095) & ~4095;
        long hole = (tail + segments.Length + SectionBytes + 4095) & ~4095;
        for (int i = 0; i < count; i++)
        {
            Span<byte> one = segments.AsSpan((old + i) * SegmentBytes, SegmentBytes);
            BinaryPrimitives.WriteInt32LittleEndian(one, 1); // PT_LOAD
            BinaryPrimitives.WriteInt32LittleEndian(one[4..], 6); // PF_R | PF_W
            BinaryPrimitives.WriteInt64LittleEndian(one[8..], holeBytes == 0 ? 0 : hole);
            BinaryPrimitives.WriteInt64LittleEndian(one[16..], 0x1000_0000_0000 + (i * 2 * size));
            BinaryPrimitives.WriteInt64LittleEndian(one[32..], size);
            BinaryPrimitives.WriteInt64LittleEndian(one[40..], size);
        }

        byte[] section = new byte[SectionBytes];
        BinaryPrimitives.WriteInt32LittleEndian(section.AsSpan(44), old + count); // sh_info
        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(32), tail); // e_phoff
        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(40), tail + segments.Length); // e_shoff
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(56), ExtendedCount); // e_phnum = PN_XNUM
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(58), SectionBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(60), 1); // e_shnum
        using FileStream file = File.Create(path);
        file.Write(core);
        file.Position = tail;
        file.Write(segments);
        file.Write(section);
        file.SetLength(hole + holeBytes);
    }

    public static (int From, int To) ProgramHeaders(byte[] core)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(32));
        return (table, table + (BinaryPrimitives.ReadUInt16LittleEndian(core.AsSpan(56)) * SegmentBytes));
    }

    public static (int From, int To) Notes(byte[] core)
    {
        (int from, int to) = ProgramHeaders(core);
        for (; from < to; from += SegmentBytes)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(core.AsSpan(from)) == 4)
            {
                int offset = (int)BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(from + 8));
                return (offset, offset + (int)BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(from + 32)));
            }
        }

        return (0, HeaderBytes);
    }
}
