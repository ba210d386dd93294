using System.Collections.Generic;
using System.Runtime.CompilerServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>A function of a unit, or a call of one that was inlined.</summary>
/// <param name="Entry">Its entry, for the name.</param>
/// <param name="Depth">Its nesting depth among the unit's entries: a deeper one is inlined into the one above it.</param>
/// <param name="CallFile">Of an inlined call: the file of the call, as an index of the line table.</param>
/// <param name="CallLine">Of an inlined call: its line.</param>
internal readonly record struct UnitFunction(DebugEntry Entry, int Depth, bool IsInlined, int CallFile, int CallLine);

/// <summary>All functions of a unit by address: its entries are read once, when a stack first has a frame in it.</summary>
internal sealed class UnitFunctions
{
    /// <summary>Calls that are inlined into each other at one address. Compilers produce some tens.</summary>
    private const int MaxChain = 256;

    /// <summary>Ranges that are compared at the cost of one step.</summary>
    private const int RangesPerStep = 8;

    // Bytes of one function and of one range, of lists that grow by doubling.
    private static readonly int FunctionBytes = 2 * Unsafe.SizeOf<UnitFunction>();
    private static readonly int RangeBytes = 2 * Unsafe.SizeOf<(AddressRange, int)>();

    private readonly List<UnitFunction> _functions = [];
    private readonly List<(AddressRange Range, int Function)> _ranges = [];

    private readonly BinaryBudget _budget;

    private UnitFunctions(BinaryBudget budget) => _budget = budget;

    /// <summary>Reads the unit; entries after invalid data are missing.</summary>
    public static UnitFunctions Read(DebugUnit unit, Limits limits, BinaryBudget budget)
    {
        UnitFunctions functions = new(budget);
        List<AddressRange> ranges = [];
        ulong position = unit.Header.FirstEntry;
        int depth = 0;
        for (int i = 0; i < limits.DebugEntries && position < unit.Header.End && unit.TryReadEntry(ref position, out DebugEntry entry); i++)
        {
            if (entry.Abbreviation is not Abbreviation abbreviation)
            {
                if (--depth <= 0)
                {
                    break;
                }

                continue;
            }

            if (abbreviation.Tag is Attributes.SubprogramTag or Attributes.InlinedSubroutineTag)
            {
                ranges.Clear();
                unit.AddRanges(entry, ranges);
                long cost = ranges.Count == 0 ? 0 : FunctionBytes + (RangeBytes * (long)ranges.Count);
                if (!budget.TryTake(cost))
                {
                    break;
                }

                functions.Add(entry, depth, abbreviation.Tag == Attributes.InlinedSubroutineTag, ranges);
            }

            depth += abbreviation.HasChildren ? 1 : 0;
        }

        functions._ranges.Sort((left, right) => left.Range.Start.CompareTo(right.Range.Start));
        return functions;
    }

    /// <summary>Finds the function that holds an address and the calls that were inlined there, the outermost first, up to a bound.</summary>
    public void Find(ulong address, List<UnitFunction> chain)
    {
        chain.Clear();
        if (!_budget.TryStep(_ranges.Count / RangesPerStep))
        {
            return;
        }

        foreach ((AddressRange range, int function) in _ranges)
        {
            if (range.Start > address || chain.Count == MaxChain)
            {
                break;
            }

            if (range.Contains(address))
            {
                chain.Add(_functions[function]);
            }
        }

        chain.Sort((left, right) => left.Depth.CompareTo(right.Depth));

        // A function that the compiler nested into another one is not inlined there: the chain begins with the innermost one that is not an inlined call.
        int first = chain.FindLastIndex(function => !function.IsInlined);
        if (first > 0)
        {
            chain.RemoveRange(0, first);
        }
    }

    private void Add(in DebugEntry entry, int depth, bool isInlined, List<AddressRange> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        _functions.Add(new UnitFunction(
            entry, depth, isInlined, (int)(entry.Number(Attributes.CallFile) ?? 0), (int)(entry.Number(Attributes.CallLine) ?? 0)));
        foreach (AddressRange range in ranges)
        {
            _ranges.Add((range, _functions.Count - 1));
        }
    }
}
