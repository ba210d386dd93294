using System.Collections.Generic;
using System.Linq;
using System.Text;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf;

/// <summary>A file that has nothing but the debug sections of a test.</summary>
internal static class DebugSections
{
    /// <summary>Puts an ELF header, the sections' bytes, their names and their headers one behind the other.</summary>
    public static DwarfSections Of(params (string Name, byte[] Bytes)[] sections) => Of(BinaryBudget.Of(Limits.Default), sections);

    /// <summary>The same, with a bound.</summary>
    /// <param name="budget">What reading them may cost.</param>
    public static DwarfSections Of(BinaryBudget budget, params (string Name, byte[] Bytes)[] sections)
    {
        (string Name, byte[] Bytes)[] all = [.. sections, (".shstrtab", [])];
        byte[] names = [0, .. all.SelectMany(section => Encoding.ASCII.GetBytes(section.Name + "\0"))];
        all[^1].Bytes = names;
        List<byte> body = [.. new byte[64]];
        List<byte> headers = [.. ElfBytes.Shdr()];
        uint name = 1;
        foreach ((string text, byte[] bytes) in all)
        {
            headers.AddRange(ElfBytes.Shdr(name, sh_type: 1, sh_offset: (ulong)body.Count, sh_size: (ulong)bytes.Length));
            name += (uint)text.Length + 1;
            body.AddRange(bytes);
        }

        byte[] head = ElfBytes.Ehdr(e_shoff: (ulong)body.Count, e_shnum: (ushort)(all.Length + 1), e_shstrndx: (ushort)all.Length);
        InMemoryFile file = new((byte[])[.. head, .. body.Skip(64), .. headers]);
        Assert.True(ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out string problem), problem);
        return new DwarfSections(image.Sections!, file, Limits.Default, budget);
    }
}
