using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>
/// The symbols that Fedora and its kin leave in their stripped binaries: <c>.gnu_debugdata</c> is an ELF file, packed by xz, with a symbol table of the functions that
/// <c>.dynsym</c> does not have (GDB manual, "MiniDebugInfo").
/// </summary>
internal static class MiniDebugInfo
{
    /// <summary>The packed file's sections; null where a binary has none or it cannot be read.</summary>
    public static ElfSections? Read(ElfSections? sections, Limits limits)
        => sections is not null
            && sections.TryFind(".gnu_debugdata"u8, out SectionHeader section)
            && sections.TryGetBytes(section, out var packed)
            && Unpacker.TryUnpackAll(CompressionFormat.Xz, packed, limits.UnpackedSectionBytes, out byte[] bytes)
            && ElfImage.TryFromFile(new InMemoryFile(bytes), limits, out ElfImage? image, out _)
                ? image.Sections
                : null;
}
