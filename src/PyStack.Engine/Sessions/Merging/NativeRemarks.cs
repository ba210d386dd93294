using System.Collections.Generic;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Sessions.Merging;

/// <summary>What native frames tell of a thread beside themselves: its part in the lock and the collector, and how sure they are.</summary>
internal static class NativeRemarks
{
    /// <summary>What the thread does with the GIL, where its memory says only that it does not hold it.</summary>
    public static PyGilState Gil(PyGilState known, NativeStack native)
        => known != PyGilState.NotHeld ? known
            : native.Holds(["take_gil"]) ? PyGilState.Waiting
            : native.Holds(["drop_gil"]) ? PyGilState.Dropping
            : known;

    /// <summary>Whether the thread runs the collector. The names of its functions from 2.7 to 3.15 (Modules/gcmodule.c, Python/gc.c, Python/gc_free_threading.c).</summary>
    public static bool? IsCollecting(bool? known, bool? interpreter, NativeStack native)
        => known is null && interpreter == true && native.End == UnwindEnd.Complete
            ? native.Holds(["gc_collect_main", "gc_collect_region", "gc_collect_young", "gc_collect_increment", "gc_collect_full", "gc_collect_internal", "collect"])
            : known;

    /// <summary>Says what is not certain or not whole.</summary>
    public static void Warn(NativeStack native, List<string> warnings)
    {
        int guessed = native.Guessed;
        if (guessed > 0)
        {
            warnings.Add($"{guessed} of the native frames {(guessed == 1 ? "is a guess" : "are guesses")}: code without unwind information was passed by searching the stack.");
        }

        string? reason = native.End switch
        {
            UnwindEnd.UnknownRegister => "a register that is needed there is not known",
            UnwindEnd.Unreadable => "the stack could not be read there",
            UnwindEnd.NoRules => "the code there has no unwind information",
            UnwindEnd.NoProgress => "the stack does not go on there as it should",
            UnwindEnd.Limit => "it has more frames than are followed",
            _ => null,
        };
        if (reason is not null)
        {
            warnings.Add($"The native stack could not be followed to its outermost frame: {reason}.");
        }
    }
}
