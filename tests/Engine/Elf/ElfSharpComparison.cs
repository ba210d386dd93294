using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using ELFSharp;
using ELFSharp.ELF;
using ELFSharp.ELF.Sections;
using ELFSharp.ELF.Segments;
using PyStack.Engine.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>One file by both readers: headers, segments with their notes, sections with their names, symbols.</summary>
internal static class ElfSharpComparison
{
    public static void Compare(string path)
    {
        using OpenImage opened = new(path);
        using ELF<ulong> theirs = ELFReader.Load<ulong>(path);
        try
        {
            CompareHeader(theirs, opened.Image);
            CompareSegments(theirs, opened.Image);
            CompareSections(theirs, opened.Image);
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            throw new InvalidOperationException(path, exception);
        }
    }

    private static void CompareHeader(ELF<ulong> theirs, ElfImage ours) => Assert.Equal(
        (theirs.Class, theirs.Endianess, (ushort)theirs.Type, (ushort)theirs.Machine, theirs.EntryPoint, theirs.MachineFlags),
        (Class.Bit64, Endianess.LittleEndian, (ushort)ours.Type, (ushort)ours.Machine, ours.Header.Entry, (ulong)ours.Header.Flags));

    private static void CompareSegments(ELF<ulong> theirs, ElfImage ours)
    {
        Assert.Equal(
            theirs.Segments.Select(s => new ProgramHeader((Engine.Elf.SegmentType)s.Type, (SegmentAccess)s.Flags, (ulong)s.Offset, s.Address, s.PhysicalAddress, (ulong)s.FileSize, s.Size, s.Alignment)),
            ours.Segments.ToArray());
        for (int i = 0; i < theirs.Segments.Count; i++)
        {
            if (theirs.Segments[i] is NoteSegment<ulong> notes)
            {
                Assert.Equal(notes.Notes.Select(note => ((uint)note.Type, note.Name, Convert.ToHexString([.. note.Description]))), NotesOf(ours, ours.Segments[i]));
            }
        }
    }

    private static List<(uint Type, string Name, string Description)> NotesOf(ElfImage image, in ProgramHeader segment)
    {
        var notes = new List<(uint, string, string)>();
        ElfNoteReader reader = new(image.ReadNotes(segment), segment.Alignment);
        while (reader.TryReadNext(out ElfNote note))
        {
            notes.Add((note.Type, Encoding.Latin1.GetString(note.Name), Convert.ToHexString(note.Description)));
        }

        return notes;
    }

    private static void CompareSections(ELF<ulong> theirs, ElfImage ours)
    {
        ElfSections sections = ours.Sections!;
        Assert.Equal(theirs.Sections.Count, sections.Headers.Length);
        for (int i = 0; i < sections.Headers.Length; i++)
        {
            Section<ulong> section = theirs.Sections[i];
            SectionHeader header = sections.Headers[i];
            Assert.Equal(
                (section.NameIndex, section.Name, (uint)section.Type, section.RawFlags, section.LoadAddress, section.Offset, section.Size, section.Alignment, section.EntrySize),
                (header.NameOffset, Encoding.UTF8.GetString(sections.NameOf(header)), (uint)header.Type, (ulong)header.Flags, header.Address, header.FileOffset, header.Size, header.Alignment, header.EntrySize));
            if (section is SymbolTable<ulong> symbols)
            {
                CompareSymbols(symbols, sections, header);
            }
        }
    }

    private static void CompareSymbols(SymbolTable<ulong> theirs, ElfSections sections, in SectionHeader table)
    {
        Assert.True(sections.TryGetBytes(table, out ReadOnlySpan<byte> bytes));
        ReadOnlySpan<ElfSymbol> ours = MemoryMarshal.Cast<byte, ElfSymbol>(bytes);
        SymbolEntry<ulong>[] entries = [.. theirs.Entries];
        Assert.Equal(entries.Length, ours.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            SymbolEntry<ulong> entry = entries[i];
            ElfSymbol symbol = ours[i];
            string name = Encoding.UTF8.GetString(sections.TextAt(sections.Headers[(int)table.Link], symbol.NameOffset, int.MaxValue));
            Assert.Equal(
                (entry.Name, entry.Value, entry.Size, (int)entry.Type, entry.Binding == SymbolBinding.Local, entry.PointedSectionIndex),
                (name, symbol.Value, symbol.Size, (int)symbol.Type, symbol.IsLocal, symbol.SectionIndex));
        }
    }
}
