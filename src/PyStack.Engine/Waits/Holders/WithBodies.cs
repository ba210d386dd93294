using System;
using System.Collections.Generic;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Waits.Holders;

/// <summary>The bodies of the <c>with</c> statements in bytecode to 3.10: from <c>SETUP_WITH</c> or <c>SETUP_ASYNC_WITH</c> to where the instruction leads (opcode.h).</summary>
internal sealed class WithBodies
{
    private const byte SetupWith = 143;
    private const byte SetupAsyncWith = 154;

    /// <summary>Instructions from this one on have an argument, in 2.7 of two bytes: HAVE_ARGUMENT.</summary>
    private const byte HaveArgument = 90;

    // EXTENDED_ARG
    private const byte OldExtended = 145;
    private const byte Extended = 144;

    private readonly List<(long Start, long End)> _bodies = [];

    public WithBodies(ReadOnlySpan<byte> code, PythonLayout layout)
    {
        bool isOld = layout.Version.Major == 2;
        int unit = layout.Frame.LastInstructionUnit ?? 1;
        long argument = 0;
        for (int at = 0, next; at < code.Length; at = next)
        {
            byte opcode = code[at];
            next = at + (!isOld ? 2 : opcode >= HaveArgument ? 3 : 1);
            if (next > code.Length)
            {
                break;
            }

            argument = isOld ? (argument << 16) | (opcode >= HaveArgument ? code[at + 1] | ((long)code[at + 2] << 8) : 0) : (argument << 8) | code[at + 1];
            if (opcode == (isOld ? OldExtended : Extended))
            {
                continue;
            }

            if (opcode is SetupWith or SetupAsyncWith)
            {
                _bodies.Add((next, next + (argument * unit)));
            }

            argument = 0;
        }
    }

    /// <summary>Whether an instruction is in the body of one; as well in what leaves it, where the frame has no block for it any more.</summary>
    /// <param name="instruction">Its offset in the bytecode, in bytes.</param>
    public bool Contains(long instruction)
    {
        foreach ((long start, long end) in _bodies)
        {
            if (instruction >= start && instruction < end)
            {
                return true;
            }
        }

        return false;
    }
}
