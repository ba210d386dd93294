using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>
/// The identity that a linker computes from the content of a file and writes to a note: equal ids are equal builds.
/// </summary>
internal static class BuildId
{
    /// <summary>NT_GNU_BUILD_ID of the owner "GNU" (elf.h).</summary>
    private const uint NoteType = 3;

    /// <summary>Linkers make 8 to 32 bytes; <c>--build-id=0x…</c> allows any number.</summary>
    private const int MaxBytes = 256;

    /// <summary>Finds it among notes: lower-case hexadecimal digits, or null.</summary>
    /// <param name="notes">The bytes of a note segment or section.</param>
    /// <param name="alignment">p_align or sh_addralign.</param>
    public static string? Find(ReadOnlySpan<byte> notes, ulong alignment)
    {
        ElfNoteReader reader = new(notes, alignment);
        while (reader.TryReadNext(out ElfNote note))
        {
            if (note.Type == NoteType && note.Name.SequenceEqual("GNU"u8) && note.Description.Length is > 0 and <= MaxBytes)
            {
                return Convert.ToHexStringLower(note.Description);
            }
        }

        return null;
    }

    /// <summary>Finds it in the note sections, for files whose segments do not say.</summary>
    public static string? Find(ElfSections sections, Limits limits)
    {
        ulong budget = (ulong)limits.ElfNoteBytes;
        foreach (ref readonly SectionHeader section in sections.Headers)
        {
            if (section.Type != SectionType.Note || section.Size > budget)
            {
                continue;
            }

            budget -= section.Size;
            if (sections.TryGetBytes(section, out ReadOnlySpan<byte> notes) && Find(notes, section.Alignment) is { } buildId)
            {
                return buildId;
            }
        }

        return null;
    }
}
