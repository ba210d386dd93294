using System;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Bench;

/// <summary>Looking one instruction up at the end of a line table of 10,000 entries, in each of the three forms.</summary>
public class LineTableBenchmarks
{
    private const int Entries = 10_000;

    private readonly byte[] _pairs = MakePairs();
    private readonly byte[] _locations = MakeLocations();

    [Benchmark]
    public int? Lnotab() => LineTable.Find(LineTableKind.Lnotab, _pairs, 1, (Entries * 2) - 1).Line;

    [Benchmark]
    public int? Ranges() => LineTable.Find(LineTableKind.Ranges, _pairs, 1, (Entries * 2) - 1).Line;

    [Benchmark]
    public int? Locations() => LineTable.Find(LineTableKind.Locations, _locations, 1, (Entries * 2) - 1).Line;

    private static byte[] MakePairs()
    {
        byte[] table = new byte[Entries * 2];
        for (int i = 0; i < table.Length; i += 2)
        {
            table[i] = 2;
            table[i + 1] = 1;
        }

        return table;
    }

    // One code unit each, on the line after the last one (form 11), with two columns.
    private static byte[] MakeLocations()
    {
        byte[] table = new byte[Entries * 3];
        ReadOnlySpan<byte> entry = [0x80 | (11 << 3), 4, 20];
        for (int i = 0; i < table.Length; i += entry.Length)
        {
            entry.CopyTo(table.AsSpan(i));
        }

        return table;
    }
}
