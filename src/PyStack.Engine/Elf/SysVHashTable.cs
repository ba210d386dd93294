using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>
/// The hash table that DT_HASH points to (ELF gABI, "Hash Table"): nbucket, nchain, then the buckets and the chains, all 32-bit
/// words. The older kind, still the only one of files linked with <c>--hash-style=sysv</c> and of some vdsos.
/// </summary>
internal static class SysVHashTable
{
    /// <summary>Finds the first definition of a name; the parameters are those of <see cref="GnuHashTable.TryFind"/>.</summary>
    public static bool TryFind(
        in ElfSymbolTable table, ulong address, ReadOnlySpan<byte> name, Limits limits, out ElfSymbol symbol)
    {
        symbol = default;
        if (!table.Memory.TryRead(address, out uint buckets)
            || !table.Memory.TryRead(address + sizeof(uint), out uint symbols)
            || buckets == 0)
        {
            return false;
        }

        ulong firstBucket = address + (2 * sizeof(uint));
        ulong chains = firstBucket + ((ulong)buckets * sizeof(uint));
        ulong next = firstBucket + ((ulong)(Hash(name) % buckets) * sizeof(uint));

        // A chain that visits more symbols than there are runs in a circle.
        long bound = Math.Min(symbols, limits.ElfHashChain);
        for (long seen = 0; seen < bound; seen++)
        {
            // STN_UNDEF, 0, ends the chain.
            if (!table.Memory.TryRead(next, out uint index) || index == 0 || index >= symbols)
            {
                return false;
            }

            if (table.TryMatch(index, name, out symbol))
            {
                return true;
            }

            next = chains + ((ulong)index * sizeof(uint));
        }

        return false;
    }

    /// <summary>The hash function of the ELF gABI, figure 5-13.</summary>
    internal static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 0;
        foreach (byte current in name)
        {
            hash = (hash << 4) + current;
            hash ^= (hash & 0xf0000000) >> 24;
            hash &= 0x0fffffff;
        }

        return hash;
    }
}
