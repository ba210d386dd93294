using System;
using PyStack.Engine.Python.Code;

namespace PyStack.Engine.Python.Frames;

/// <summary>How many variables a frame has in slots, and which of them are in cells: what the pause needs of a code object.</summary>
internal readonly ref struct SlotKinds(int count, int localCount, bool isOptimized, ReadOnlySpan<byte> kinds)
{
    // internal/pycore_code.h: CO_FAST_CELL, CO_FAST_FREE (3.11 and later)
    private const byte CellOrFree = 0x40 | 0x80;

    private readonly ReadOnlySpan<byte> _kinds = kinds;

    public int Count { get; } = count;

    /// <summary>As in <see cref="CodeHeader"/>.</summary>
    public bool IsOptimized { get; } = isOptimized;

    public bool IsCell(int slot) => IsCell(_kinds, localCount, slot);

    /// <param name="kinds">Empty to 3.10: then all slots are cells that are not locals.</param>
    public static bool IsCell(ReadOnlySpan<byte> kinds, int localCount, int slot) => kinds.IsEmpty ? slot >= localCount : (kinds[slot] & CellOrFree) != 0;
}
