using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>
/// The hash table that DT_GNU_HASH points to: a Bloom filter that answers "no" at once, then buckets, then chains of hash
/// values, one per symbol, sorted by bucket. A lookup is five small reads. Layout: binutils and glibc, <c>dl-lookup.c</c>.
/// </summary>
internal static class GnuHashTable
{
    /// <summary>Four 32-bit words: buckets, index of the first symbol that is hashed, words of the filter, shift of the filter.</summary>
    private const int HeaderSize = 16;

    /// <summary>How many words of a chain are read at a time; nearly all chains are shorter.</summary>
    private const int ChainWords = 32;

    /// <summary>Finds the first definition of a name.</summary>
    /// <param name="table">The symbols that the hash table is about.</param>
    /// <param name="address">Where the hash table begins.</param>
    /// <param name="name">The name, in the file's encoding, without a zero byte.</param>
    /// <param name="limits">Bounds the chain.</param>
    /// <param name="symbol">The symbol.</param>
    public static bool TryFind(
        in ElfSymbolTable table, ulong address, ReadOnlySpan<byte> name, Limits limits, out ElfSymbol symbol)
    {
        symbol = default;
        if (!table.Memory.TryRead(address, out Header header) || header.Buckets == 0 || header.FilterWords == 0)
        {
            return false;
        }

        uint hash = Hash(name);
        ulong filter = address + HeaderSize;
        ulong word = hash / 64 % header.FilterWords;
        ulong bits = (1UL << (int)(hash % 64)) | (1UL << (int)((hash >> (int)header.FilterShift) % 64));
        if (!table.Memory.TryRead(filter + (word * sizeof(ulong)), out ulong filterWord) || (filterWord & bits) != bits)
        {
            return false;
        }

        ulong buckets = filter + ((ulong)header.FilterWords * sizeof(ulong));
        if (!table.Memory.TryRead(buckets + ((ulong)(hash % header.Buckets) * sizeof(uint)), out uint first)
            || first < header.FirstSymbol)
        {
            return false;
        }

        ulong chains = buckets + ((ulong)header.Buckets * sizeof(uint));
        return TryWalk(table, chains + ((ulong)(first - header.FirstSymbol) * sizeof(uint)), first, hash, name, limits, out symbol);
    }

    /// <summary>The hash function of DT_GNU_HASH: h = h * 33 + c, from 5381.</summary>
    internal static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 5381;
        foreach (byte current in name)
        {
            hash = unchecked((hash * 33) + current);
        }

        return hash;
    }

    private static bool TryWalk(
        in ElfSymbolTable table, ulong chain, uint index, uint hash, ReadOnlySpan<byte> name, Limits limits, out ElfSymbol symbol)
    {
        symbol = default;
        Span<uint> words = stackalloc uint[ChainWords];
        for (int seen = 0; seen < limits.ElfHashChain; seen += ChainWords)
        {
            int count = table.Memory.Read(chain, MemoryMarshal.AsBytes(words)) / sizeof(uint);
            foreach (uint word in words[..count])
            {
                // Bit 0 of a chain's word is not of the hash: it marks the last symbol of the bucket.
                if ((word | 1) == (hash | 1) && table.TryMatch(index, name, out symbol))
                {
                    return true;
                }

                if ((word & 1) != 0)
                {
                    return false;
                }

                index++;
            }

            if (count < ChainWords)
            {
                return false;
            }

            chain += ChainWords * sizeof(uint);
        }

        return false;
    }

    [StructLayout(LayoutKind.Sequential, Size = HeaderSize)]
    private readonly record struct Header(uint Buckets, uint FirstSymbol, uint FilterWords, uint FilterShift);
}
