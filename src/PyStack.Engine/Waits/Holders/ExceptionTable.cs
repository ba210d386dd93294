using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Holders;

/// <summary>
/// The exception handlers of a code object from 3.11 on (<c>co_exceptiontable</c>). Each entry is four numbers, in code units: where the instructions begin that it is for, how many they are, the handler,
/// and twice the depth of the value stack that the handler finds, plus 1 if the handler gets the instruction as well, as those of <c>with</c> do. A number has 6 bits in each byte, the highest first; 0x40 says
/// that another byte follows, 0x80 is set in the first byte of an entry (InternalDocs/exception_handling.md).
/// </summary>
internal sealed class ExceptionTable
{
    private const int UnitBytes = 2;
    private const byte More = 0x40;
    private const byte Bits = 0x3f;

    /// <summary>Handlers inside each other; CPython allows 20 blocks, most of which have two.</summary>
    private const int MaxNesting = 128;

    private readonly List<Entry> _entries = [];

    public ExceptionTable(ReadOnlySpan<byte> bytes)
    {
        while (TryTake(ref bytes, out int start) && TryTake(ref bytes, out int length) && TryTake(ref bytes, out int target) && TryTake(ref bytes, out int depth))
        {
            _entries.Add(new Entry((long)start * UnitBytes, ((long)start + length) * UnitBytes, (long)target * UnitBytes, depth >> 1, (depth & 1) != 0));
        }
    }

    /// <summary>
    /// The depths of the value stack under the handlers that an exception in an instruction would come to, the innermost first: those of <c>with</c> statements, and some that clean up.
    /// </summary>
    /// <param name="instruction">Its offset in the bytecode, in bytes.</param>
    public void FindDepths(long instruction, List<int> depths)
    {
        int lowest = int.MaxValue;
        for (int i = 0; i < MaxNesting && TryFind(instruction, out Entry entry); i++)
        {
            // A handler has a handler of its own, whose depth is that of the handler: the stack is not so deep while the body runs.
            if (entry.Depth <= lowest)
            {
                lowest = entry.Depth;
                if (entry.GetsInstruction && !depths.Contains(entry.Depth))
                {
                    depths.Add(entry.Depth);
                }
            }

            instruction = entry.Target;
        }
    }

    // In the order of their instructions, which do not overlap.
    private bool TryFind(long instruction, out Entry found)
    {
        int low = 0;
        int high = _entries.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            found = _entries[middle];
            if (instruction < found.Start)
            {
                high = middle - 1;
            }
            else if (instruction >= found.End)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        found = default;
        return false;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out int value)
    {
        value = 0;
        while (!bytes.IsEmpty)
        {
            byte one = bytes[0];
            bytes = bytes[1..];
            value = unchecked((value << 6) | (one & Bits));
            if ((one & More) == 0)
            {
                return value >= 0;
            }
        }

        return false;
    }

    private readonly record struct Entry(long Start, long End, long Target, int Depth, bool GetsInstruction);
}
