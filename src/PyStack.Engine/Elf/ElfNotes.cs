using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>One note: who defines it, which of its kinds it is, and what it says.</summary>
internal readonly ref struct ElfNote(uint type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> description)
{
    /// <summary>n_type; what it means depends on <see cref="Name"/>.</summary>
    public uint Type { get; } = type;

    /// <summary>The owner, such as <c>GNU</c> or <c>CORE</c>, without the zero byte at its end.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Description { get; } = description;
}

/// <summary>
/// Goes through the bytes of a note segment or section (ELF gABI, "Note Section"): n_namesz, n_descsz, n_type, then name and
/// description, each padded. The padding is to 4 bytes, or to 8 where the segment says so
/// (Linux gABI extensions, <c>.note.gnu.property</c>).
/// </summary>
/// <param name="bytes">All bytes of the segment.</param>
/// <param name="alignment">p_align or sh_addralign.</param>
internal ref struct ElfNoteReader(ReadOnlySpan<byte> bytes, ulong alignment)
{
    private readonly int _alignment = alignment == 8 ? 8 : 4;
    private ByteCursor _cursor = new(bytes);

    /// <summary>Goes to the next note; false at the end, and where a note does not fit into the bytes.</summary>
    public bool TryReadNext(out ElfNote note)
    {
        note = default;
        if (!_cursor.TryReadUInt32(out uint nameSize)
            || !_cursor.TryReadUInt32(out uint descriptionSize)
            || !_cursor.TryReadUInt32(out uint type)
            || !_cursor.TryReadBytes(nameSize, out ReadOnlySpan<byte> name)
            || !_cursor.TryAlign(_alignment)
            || !_cursor.TryReadBytes(descriptionSize, out ReadOnlySpan<byte> description))
        {
            return false;
        }

        // The last note of a segment may come without its padding.
        if (!_cursor.TryAlign(_alignment))
        {
            _cursor.TrySkip((ulong)_cursor.Remaining);
        }

        note = new ElfNote(type, name.TrimEnd((byte)0), description);
        return true;
    }
}
