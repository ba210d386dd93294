using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Lines;

/// <summary>One row of a line table: from here on up to the next row's address.</summary>
/// <param name="Address">As the file was linked.</param>
/// <param name="File">Index into the table's files.</param>
/// <param name="Line">From 1; 0 for code without a line.</param>
/// <param name="IsStatement">Whether a statement begins here, so that a debugger would stop.</param>
/// <param name="IsEnd">Whether it only says where a sequence ends.</param>
internal readonly record struct LineRow(ulong Address, int File, int Line, bool IsStatement, bool IsEnd);

/// <summary>The decoded line table of one unit.</summary>
/// <param name="files">Names by the index that rows and calls use.</param>
internal sealed class LineTable(IReadOnlyList<LineRow> rows, Dictionary<int, string> files)
{
    private readonly LineRow[] _rows = Sorted(rows);

    public ReadOnlySpan<LineRow> Rows => _rows;

    /// <summary>The name of a file; null where there is none.</summary>
    public string? FileAt(int index) => files.GetValueOrDefault(index);

    /// <summary>Finds the row that holds at an address.</summary>
    public bool TryFind(ulong address, out LineRow row)
    {
        int last = SortedSearch.LastAtOrBefore<LineRow>(_rows, address, static one => one.Address);
        row = last >= 0 ? _rows[last] : default;

        // Of several rows of one address the last one that begins a statement is used, as in gdb.
        for (int i = last; i >= 0 && _rows[i].Address == row.Address && !row.IsEnd; i--)
        {
            if (_rows[i].IsStatement && !_rows[i].IsEnd)
            {
                row = _rows[i];
                break;
            }
        }

        return last >= 0 && !row.IsEnd;
    }

    // Sequences are in any order. Rows of one address keep their order, the end of one sequence before the start of the next.
    private static LineRow[] Sorted(IReadOnlyList<LineRow> rows)
    {
        int[] order = new int[rows.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (left, right) =>
        {
            int byAddress = rows[left].Address.CompareTo(rows[right].Address);
            int byEnd = rows[right].IsEnd.CompareTo(rows[left].IsEnd);
            return byAddress != 0 ? byAddress : byEnd != 0 ? byEnd : left.CompareTo(right);
        });
        LineRow[] sorted = new LineRow[rows.Count];
        for (int i = 0; i < order.Length; i++)
        {
            sorted[i] = rows[order[i]];
        }

        return sorted;
    }
}
