using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Tasks.Frameworks;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>
/// The memory that says which tasks run now: from 3.14 on a field of the thread state for those in C; before, and for those in Python, a dict with a task for each loop, of which the table is read where it was in the sample before.
/// </summary>
/// <param name="field">The address of that field; 0 for none.</param>
/// <param name="dicts">Addresses of those dicts.</param>
internal sealed class RunningTaskWords(PythonLayout layout, IMemorySource memory, ulong field, IReadOnlyList<ulong> dicts)
{
    /// <summary>Pieces of memory at most.</summary>
    public const int MaxPieces = 1 + (2 * AsyncioTaskSets.MaxDicts);

    /// <summary>Of a table; that of 100 loops is smaller.</summary>
    private const int MaxTable = 4096;

    /// <summary>The smallest table, of 8 places in 3.6, is larger; an empty one is smaller.</summary>
    private const int Header = 48;

    private readonly (ulong Address, int Length)[] _tables = new (ulong, int)[dicts.Count];

    /// <summary>Adds what a sample has to read.</summary>
    /// <returns>How many pieces.</returns>
    public int Fill(Span<IoVector> pieces)
    {
        int count = 0;
        if (field != 0)
        {
            pieces[count++] = new IoVector { Base = (nuint)field, Length = sizeof(ulong) };
        }

        for (int i = 0; i < _tables.Length; i++)
        {
            pieces[count++] = new IoVector { Base = (nuint)(dicts[i] + (ulong)layout.Values.DictKeys), Length = sizeof(ulong) };
            if (_tables[i].Length > 0)
            {
                pieces[count++] = new IoVector { Base = (nuint)_tables[i].Address, Length = (nuint)_tables[i].Length };
            }
        }

        return count;
    }

    /// <summary>Finds the tasks in what a sample has read. False if a table was not where it was expected, or is another one: then it is expected where it is now.</summary>
    /// <param name="bytes">What was read.</param>
    /// <param name="tasks">As many as fit.</param>
    /// <param name="loops">The loop of each; 0 if that is not known.</param>
    /// <param name="length">How many bytes of it.</param>
    public bool TryParse(ReadOnlySpan<byte> bytes, Span<ulong> tasks, Span<ulong> loops, out int count, out int length)
    {
        count = length = 0;
        if (field != 0)
        {
            tasks[0] = MemoryMarshal.Read<ulong>(bytes);
            loops[0] = 0;
            count = tasks[0] == 0 ? 0 : 1;
            length = sizeof(ulong);
        }

        bool isAsExpected = true;
        for (int i = 0; i < _tables.Length; i++)
        {
            ulong table = MemoryMarshal.Read<ulong>(bytes[length..]);
            length += sizeof(ulong);
            (ulong expected, int tableLength) = _tables[i];
            ReadOnlySpan<byte> content = bytes.Slice(length, tableLength);
            length += tableLength;
            if (tableLength == 0 || table != expected || !TryParseTable(content, tasks, loops, ref count))
            {
                isAsExpected = false;
                _tables[i] = (table, LengthOf(table));
            }
        }

        return isAsExpected;
    }

    // PyDictKeysObject: to 3.10 dk_size is after dk_refcnt; later dk_log2_size, dk_log2_index_bytes and dk_kind, which is 0 for entries that have a hash. The last two words of an entry are key and value.
    private bool TryParseTable(ReadOnlySpan<byte> table, Span<ulong> tasks, Span<ulong> loops, ref int count)
    {
        if (!TryMeasure(table, out int first, out int size, out int places) || first + (size * places) > table.Length + size)
        {
            return false;
        }

        long used = MemoryMarshal.Read<long>(table[layout.Values.KeysEntryCount!.Value..]);
        if (used < 0 || used > places)
        {
            return false;
        }

        for (int i = 0; i < used && first + size <= table.Length; i++, first += size)
        {
            ulong value = MemoryMarshal.Read<ulong>(table[(first + size - sizeof(ulong))..]);
            if (value != 0 && count < tasks.Length)
            {
                loops[count] = MemoryMarshal.Read<ulong>(table[(first + size - (2 * sizeof(ulong)))..]);
                tasks[count++] = value;
            }
        }

        return true;
    }

    private bool TryMeasure(ReadOnlySpan<byte> header, out int first, out int size, out int places)
    {
        long slots;
        long indexBytes;
        size = 24;
        if (layout.Values.DictKind == DictKind.Keys)
        {
            slots = MemoryMarshal.Read<long>(header[sizeof(ulong)..]);
            indexBytes = slots <= 0xff ? slots : slots * 2;
        }
        else
        {
            (byte log, byte logBytes, byte kind) = (header[8], header[9], header[10]);
            slots = log < 16 ? 1L << log : -1;
            indexBytes = logBytes < 20 ? 1L << logBytes : -1;
            size = kind == 0 ? 24 : 16;
        }

        bool isTable = slots is > 0 and <= 1 << 16 && indexBytes > 0;
        first = isTable ? layout.Values.KeysIndices!.Value + (int)indexBytes : 0;

        // USABLE_FRACTION (Objects/dictobject.c).
        places = isTable ? (int)(slots * 2 / 3) : 0;
        return isTable;
    }

    private int LengthOf(ulong table)
    {
        Span<byte> header = stackalloc byte[Header];
        if (!memory.TryRead(table, header) || !TryMeasure(header, out int first, out int size, out int places))
        {
            return 0;
        }

        return Math.Min(Math.Max(Header, first + (size * places)), MaxTable);
    }
}
