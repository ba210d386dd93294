using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>
/// Puts ELF structures together by hand. The parameters have the names, the order and the defaults of <c>elf.h</c>, so that a test shows
/// the fields that it is about.
/// </summary>
internal static class ElfBytes
{
    /// <summary>Elf64_Ehdr, 64 bytes.</summary>
    public static byte[] Ehdr(
        string magic = "\x7f" + "ELF",
        byte ei_class = 2,
        byte ei_data = 1,
        byte ei_version = 1,
        ushort e_type = 3,
        ushort e_machine = 62,
        ulong e_entry = 0,
        ulong e_phoff = 0,
        ulong e_shoff = 0,
        ushort e_phentsize = 56,
        ushort e_phnum = 0,
        ushort e_shentsize = 64,
        ushort e_shnum = 0,
        ushort e_shstrndx = 0)
        => Join(
            Latin1(magic), [ei_class, ei_data, ei_version, 0], U64(0), // e_ident
            U16(e_type), U16(e_machine), U32(1), // e_version
            U64(e_entry), U64(e_phoff), U64(e_shoff), U32(0), // e_flags
            U16(64), // e_ehsize
            U16(e_phentsize), U16(e_phnum), U16(e_shentsize), U16(e_shnum), U16(e_shstrndx));

    /// <summary>Elf64_Phdr, 56 bytes.</summary>
    public static byte[] Phdr(
        uint p_type = 1,
        uint p_flags = 4,
        ulong p_offset = 0,
        ulong p_vaddr = 0,
        ulong p_filesz = 0,
        ulong p_memsz = 0,
        ulong p_align = 0x1000)
        => Join(U32(p_type), U32(p_flags), U64(p_offset), U64(p_vaddr), U64(p_vaddr), U64(p_filesz), U64(p_memsz), U64(p_align));

    /// <summary>Elf64_Shdr, 64 bytes.</summary>
    public static byte[] Shdr(
        uint sh_name = 0,
        uint sh_type = 0,
        ulong sh_flags = 0,
        ulong sh_addr = 0,
        ulong sh_offset = 0,
        ulong sh_size = 0,
        uint sh_link = 0,
        uint sh_info = 0,
        ulong sh_addralign = 1,
        ulong sh_entsize = 0)
        => Join(
            U32(sh_name), U32(sh_type), U64(sh_flags), U64(sh_addr), U64(sh_offset), U64(sh_size),
            U32(sh_link), U32(sh_info), U64(sh_addralign), U64(sh_entsize));

    /// <summary>Elf64_Sym, 24 bytes.</summary>
    public static byte[] Sym(uint st_name = 0, byte st_info = 0x11, ushort st_shndx = 1, ulong st_value = 0, ulong st_size = 8)
        => Join(U32(st_name), [st_info, 0], U16(st_shndx), U64(st_value), U64(st_size));

    /// <summary>Elf64_Dyn, 16 bytes.</summary>
    public static byte[] Dyn(long d_tag, ulong d_un) => Join(U64((ulong)d_tag), U64(d_un));

    /// <summary>Elf64_Nhdr and what follows it, padded to 4 bytes.</summary>
    public static byte[] Note(string name, uint n_type, params byte[] desc)
        => Join(U32((uint)name.Length), U32((uint)desc.Length), U32(n_type), Pad(Latin1(name), 4), Pad(desc, 4));

    public static byte[] U16(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Latin1(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    public static byte[] Pad(byte[] bytes, int alignment)
    {
        byte[] padded = new byte[(bytes.Length + alignment - 1) / alignment * alignment];
        bytes.CopyTo(padded, 0);
        return padded;
    }

    public static byte[] Join(params IEnumerable<byte[]> parts)
    {
        List<byte> all = [];
        foreach (byte[] part in parts)
        {
            all.AddRange(part);
        }

        return [.. all];
    }

    /// <summary>Reads the bytes as a file, which must succeed.</summary>
    public static ElfImage Image(params IEnumerable<byte[]> parts)
    {
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(Join(parts)), Limits.Default, out ElfImage? image, out string problem), problem);
        return image;
    }

    /// <summary>Reads the bytes as a file, which must fail; gives the reason.</summary>
    public static string Problem(params IEnumerable<byte[]> parts)
    {
        Assert.False(ElfImage.TryFromFile(new InMemoryFile(Join(parts)), Limits.Default, out ElfImage? image, out string problem));
        Assert.Null(image);
        return problem;
    }
}
