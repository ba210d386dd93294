using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>
/// Searches the symbol tables of a file from end to end: what is in no hash table, the static functions and variables
/// among them, as far as <c>strip</c> left it.
/// </summary>
internal static class SymbolScan
{
    /// <summary>Finds the first global definition of a name, or, where there is none, the first local one.</summary>
    public static bool TryFind(ElfSections sections, ReadOnlySpan<byte> name, Limits limits, out ElfSymbol symbol)
    {
        symbol = default;
        bool found = false;
        int budget = limits.ElfSymbols;
        foreach (ref readonly SectionHeader table in sections.Headers)
        {
            if (table.Type is SectionType.SymbolTable or SectionType.DynamicSymbols
                && table.Link < (uint)sections.Headers.Length
                && sections.TryGetBytes(table, out ReadOnlySpan<byte> symbols)
                && sections.TryGetBytes(sections.Headers[(int)table.Link], out ReadOnlySpan<byte> names)
                && TryFind(symbols, names, name, ref budget, out ElfSymbol candidate)
                && !(found && candidate.IsLocal))
            {
                symbol = candidate;
                found = true;
                if (!candidate.IsLocal)
                {
                    break;
                }
            }
        }

        return found;
    }

    private static bool TryFind(
        ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, ReadOnlySpan<byte> name, ref int budget, out ElfSymbol symbol)
    {
        symbol = default;
        bool found = false;
        int count = Math.Min(symbols.Length / ElfSymbol.Length, budget);
        budget -= count;
        foreach (ref readonly ElfSymbol candidate in MemoryMarshal.Cast<byte, ElfSymbol>(symbols)[..count])
        {
            if (StringTable.IsAt(names, candidate.NameOffset, name) && candidate.IsDefined && !(found && candidate.IsLocal))
            {
                symbol = candidate;
                found = true;
                if (!candidate.IsLocal)
                {
                    break;
                }
            }
        }

        return found;
    }
}
