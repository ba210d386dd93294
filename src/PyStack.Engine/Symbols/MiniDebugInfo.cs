using System;
using System.Diagnostics.CodeAnalysis;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>
/// The symbols that Fedora and related distributions keep in their stripped binaries: <c>.gnu_debugdata</c> is an ELF file, packed by xz, with a symbol table of the functions that
/// <c>.dynsym</c> does not have (GDB manual, "MiniDebugInfo"). It is unpacked as far as it is read.
/// </summary>
internal sealed class MiniDebugInfo : IFileBytes, IDisposable
{
    private readonly UnpackedBytes _bytes;

    private MiniDebugInfo(UnpackedBytes bytes)
    {
        _bytes = bytes;
        Sections = ElfImage.TryFromFile(this, Limits.Default, out ElfImage? image, out _) ? image.Sections : null;
    }

    /// <summary>The packed file's sections; null where it cannot be read.</summary>
    public ElfSections? Sections { get; }

    /// <summary>An upper bound: the compressed file has its size only at its end, and it may be wrong.</summary>
    public ulong Length => (ulong)_bytes.Length;

    /// <summary>Opens that of a binary; false where it has none, or one that cannot be unpacked.</summary>
    /// <param name="file">The binary's file, which stays open for longer than this.</param>
    public static bool TryOpen(ElfSections? sections, IFileBytes file, Limits limits, BinaryBudget budget, [NotNullWhen(true)] out MiniDebugInfo? mini)
    {
        mini = sections is not null
            && sections.TryFind(".gnu_debugdata"u8, out SectionHeader section)
            && section.HasBytes
            && UnpackedBytes.TryOpen(CompressionFormat.Xz, new FilePartStream(file, section.FileOffset, section.Size), Math.Min(limits.UnpackedSectionBytes, limits.BinaryBytes), budget) is UnpackedBytes bytes
                ? new MiniDebugInfo(bytes)
                : null;
        return mini is not null;
    }

    public int Read(ulong address, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = _bytes.Get(unchecked(address + (ulong)destination.Length));
        if (address >= (ulong)bytes.Length)
        {
            return 0;
        }

        bytes = bytes[(int)address..];
        int count = Math.Min(bytes.Length, destination.Length);
        bytes[..count].CopyTo(destination);
        return count;
    }

    public bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (offset > Length || length > Length - offset)
        {
            return false;
        }

        ReadOnlySpan<byte> all = _bytes.Get(offset + length);
        if ((ulong)all.Length < offset + length)
        {
            return false;
        }

        bytes = all.Slice((int)offset, (int)length);
        return true;
    }

    public void Dispose() => _bytes.Dispose();
}
