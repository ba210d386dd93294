using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Elf;

/// <summary>The dynamic symbol table and its names: read one symbol at a time, in place.</summary>
/// <param name="Memory">The image, by the addresses it was linked for.</param>
/// <param name="Symbols">Address of the first symbol, DT_SYMTAB.</param>
/// <param name="Names">Address of the names, DT_STRTAB.</param>
/// <param name="NamesSize">Bytes of names, DT_STRSZ.</param>
internal readonly record struct ElfSymbolTable(IMemorySource Memory, ulong Symbols, ulong Names, ulong NamesSize)
{
    /// <summary>Reads a symbol and says whether it is a definition of that name.</summary>
    public bool TryMatch(uint index, ReadOnlySpan<byte> name, out ElfSymbol symbol)
        => Memory.TryRead(Symbols + ((ulong)index * ElfSymbol.Length), out symbol)
            && symbol.IsDefined
            && HasName(symbol.NameOffset, name);

    private bool HasName(uint offset, ReadOnlySpan<byte> name)
    {
        if (offset >= NamesSize || (ulong)name.Length >= NamesSize - offset)
        {
            return false;
        }

        // In pieces, since names of C++ can be long; the last piece holds the zero byte too.
        Span<byte> piece = stackalloc byte[128];
        ulong address = Names + offset;
        while (name.Length >= piece.Length)
        {
            if (!Memory.TryRead(address, piece) || !piece.SequenceEqual(name[..piece.Length]))
            {
                return false;
            }

            address += (ulong)piece.Length;
            name = name[piece.Length..];
        }

        piece = piece[..(name.Length + 1)];
        return Memory.TryRead(address, piece) && piece[^1] == 0 && piece[..^1].SequenceEqual(name);
    }
}
