using System;
using System.Globalization;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Where a thread is blocked in the kernel: a line of <c>/proc/PID/task/TID/syscall</c> (proc_pid_syscall(5)).</summary>
/// <param name="Number">The system call's; -1 where the thread is blocked outside one, as in a page fault.</param>
/// <param name="StackPointer">Never 0.</param>
internal readonly record struct BlockedCall(long Number, ulong StackPointer, ulong InstructionPointer)
{
    /// <summary>Reads a line: a number and six arguments, or -1 alone, then stack and instruction pointer. Of a thread that runs it is the word <c>running</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> line, out BlockedCall call)
    {
        call = default;
        int last = line.LastIndexOf(' ');
        int before = last > 0 ? line[..last].LastIndexOf(' ') : -1;
        if (before <= 0
            || !long.TryParse(line[..line.IndexOf(' ')], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            || !TryParseHex(line[(before + 1)..last], out ulong stackPointer)
            || !TryParseHex(line[(last + 1)..], out ulong instructionPointer)
            || stackPointer == 0)
        {
            return false;
        }

        call = new BlockedCall(number, stackPointer, instructionPointer);
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> word, out ulong value)
    {
        value = 0;
        return word.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(word[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
