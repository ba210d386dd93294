using System;
using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.Merging;

/// <summary>What native frames show about their thread: whether it waits for the GIL or collects garbage, and how certain they are.</summary>
internal static class NativeStackHints
{
    /// <summary>
    /// What the thread does with the GIL, where its memory says only that it does not hold it. The functions are static: in a stripped interpreter they have no
    /// name, and a thread that waits there for a lock may be in them.
    /// </summary>
    public static PyGilState Gil(PyGilState known, NativeStack native)
        => known != PyGilState.NotHeld ? known
            : native.Holds(["take_gil"]) ? PyGilState.Waiting
            : native.Holds(["drop_gil"]) ? PyGilState.Dropping
            : MayWaitForGil(native) ? PyGilState.Unknown
            : known;

    /// <summary>
    /// Whether the thread runs the collector. The names of its functions from 2.7 to 3.15 (Modules/gcmodule.c, Python/gc.c, Python/gc_free_threading.c).
    /// </summary>
    /// <param name="known">What memory says: true of the holder of the GIL while the interpreter collects.</param>
    /// <param name="interpreter">Whether the interpreter collects.</param>
    public static bool? IsCollecting(bool? known, bool? interpreter, NativeStack native)
        => interpreter != true ? known
            : native.Holds(Collectors) ? true
            : native.End == UnwindEnd.Complete && !HasNamelessInterpreterFrames(native) ? false
            : known;

    private static readonly string[] Collectors =
    [
        "gc_collect_main", "gc_collect_region", "gc_collect_young", "gc_collect_increment", "gc_collect_full", "gc_collect_internal", "collect",
    ];

    // The GIL is waited for with a condition variable (Python/thread_pthread.h, PyCOND_TIMEDWAIT), which take_gil and drop_gil call directly.
    private static bool MayWaitForGil(NativeStack native)
    {
        string? interpreter = InterpreterFile(native);
        bool isLock = false;
        for (int i = native.Frames.Count - 1; i >= 0; i--)
        {
            NativeFrame frame = native.Frames[i];
            string? name = frame.LinkageName ?? frame.Function;
            if (frame.Library is not null && frame.Library == interpreter)
            {
                return isLock && name is null;
            }

            isLock |= name is null || name.Contains("cond", StringComparison.Ordinal) || name.Contains("futex", StringComparison.Ordinal)
                || name.Contains("mutex", StringComparison.Ordinal) || name.Contains("lll_", StringComparison.Ordinal);
        }

        return false;
    }

    private static bool HasNamelessInterpreterFrames(NativeStack native)
    {
        string? interpreter = InterpreterFile(native);
        return native.Frames.Exists(frame => frame.Function is null && frame.LinkageName is null && (interpreter is null || frame.Library == interpreter));
    }

    // A stripped interpreter also has the names of exported functions.
    private static string? InterpreterFile(NativeStack native)
    {
        foreach (NativeFrame frame in native.Frames)
        {
            string? name = frame.LinkageName ?? frame.Function;
            if (name is not null && (name.StartsWith("Py", StringComparison.Ordinal) || name.StartsWith("_Py", StringComparison.Ordinal)))
            {
                return frame.Library;
            }
        }

        return null;
    }

    /// <summary>Adds warnings about what is uncertain or incomplete.</summary>
    public static void Warn(NativeStack native, List<string> warnings)
    {
        int guessed = native.Guessed;
        if (guessed > 0)
        {
            warnings.Add($"{guessed} of the native frames {(guessed == 1 ? "is a guess" : "are guesses")}: the stack was searched for return addresses where code has no unwind information.");
        }

        string? reason = native.End switch
        {
            UnwindEnd.UnknownRegister => "a register that is needed there is unknown",
            UnwindEnd.Unreadable => "the stack could not be read there",
            UnwindEnd.NoRules => "the code there has no unwind information",
            UnwindEnd.NoProgress => "the unwind information there leads to no outer frame",
            UnwindEnd.Limit => "it has more frames than PyStack reads",
            _ => null,
        };
        if (reason is not null)
        {
            warnings.Add($"The native stack could not be followed to its outermost frame: {reason}.");
        }
    }
}
