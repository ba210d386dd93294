using System;
using System.Collections.Generic;
using System.Linq;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>What is impossible about the stack of one thread, whoever reports it.</summary>
internal static class FreezeStack
{
    // Of recurse: over 150 calls; and some more of a habit, of what leads to it and of handing on.
    private const int DeepestStack = 180;

    private static readonly string[] Containers = ["text", "box", "table", "nest"];

    /// <summary>What is impossible; null if the stack can have existed.</summary>
    /// <param name="frames">The thread's frames, outermost first; native ones are looked at only for the one function that is ours.</param>
    /// <param name="isWhole">Whether the outermost frame is the first that the thread has, and the innermost one the last.</param>
    public static string? Violation(IReadOnlyList<PyFrame> frames, bool isWhole)
    {
        PyFrame[] python = [.. frames.Where(one => one.Kind == PyFrameKind.Python)];
        if (python.Length > DeepestStack)
        {
            return $"{python.Length} frames, more than the program ever has";
        }

        string? me = null;
        for (int i = 0; i < python.Length; i++)
        {
            string? problem = OfFrame(python, i, isWhole) ?? OfVariables(python, i, ref me);
            if (problem is not null)
            {
                return $"frame {i}: {problem}";
            }
        }

        return python.Length == 0 ? null : OfNative(frames);
    }

    /// <summary>Whether the stack is shown for another thread than it says itself.</summary>
    public static bool IsOfAnotherThread(PyThread thread)
        => thread.ThreadId != 0 && thread.Frames.Select(one => FreezeValues.Number(one, "tid")).FirstOrDefault(one => one is not null) is long id && id != thread.ThreadId;

    /// <summary>
    /// Whether a frame has none of its variables, though all functions but few have some, or one of them is said to be invalid: what could not be read.
    /// </summary>
    public static bool HasBlankFrame(PyThread thread) => Array.Exists<PyFrame>([.. thread.Frames], one => IsBlank(one) || HasInvalid(one));

    private static bool HasInvalid(PyFrame frame)
        => Array.Exists(Containers, name => FreezeValues.Get(frame, name) is string value && FreezeValues.IsInvalid(value));

    private static bool IsBlank(PyFrame frame) => frame is { Kind: PyFrameKind.Python, Arguments.Count: 0, Locals.Count: 0 } && frame.Function is not ("<module>" or "own_id" or "__del__" or "succeed");

    private static string? OfFrame(PyFrame[] frames, int index, bool isWhole)
    {
        FreezeRules rules = FreezeRules.Instance;
        PyFrame frame = frames[index];
        PyFrame? callee = index + 1 < frames.Length ? frames[index + 1] : null;
        if (frame.File is ['<', ..])
        {
            // The text that an interpreter beside the main one runs.
            return index == 0 && frame.Function == "<module>" && callee?.Function is null or "run" ? null : $"{frame} does not belong here";
        }

        if (!rules.Knows(frame.File) || rules.FindFunction(frame.File, frame.Function) is not FreezeLine function)
        {
            return $"{frame} does not belong here";
        }

        if (index == 0 && isWhole && !function.IsRoot)
        {
            return $"{frame.Function} is always called by another function";
        }

        if (frame.Line is not int number)
        {
            // Code without a line: the first instructions of a generator (3.11 and later) have none.
            return callee is null ? null : $"{frame.Function} calls {callee.Function} from no line";
        }

        if (rules.Find(frame.File, number) is not FreezeLine line || line.Function != frame.Function)
        {
            return $"line {number} is not one of {frame.Function}";
        }

        return callee is null || line.Calls(callee.Function ?? "") ? null : $"line {number} of {frame.Function} does not call {callee.Function}";
    }

    private static string? OfVariables(PyFrame[] frames, int index, ref string? me)
    {
        PyFrame frame = frames[index];
        if (frame.Arguments is null || IsBlank(frame))
        {
            return null;
        }

        string? own = FreezeValues.Get(frame, "me");
        me ??= own;
        if (own is not null && own != me)
        {
            return $"me is {own}, and {me} further out";
        }

        PyFrame? caller = index > 0 ? frames[index - 1] : null;
        PyFrame? callee = index + 1 < frames.Length ? frames[index + 1] : null;
        return FreezeValues.OfOneFrame(frame, callee is not null) ?? (caller is null || IsBlank(caller) ? null : FreezeValues.OfCall(caller, frame));
    }

    private static string? OfNative(IReadOnlyList<PyFrame> frames)
    {
        string caller = "";
        foreach (PyFrame frame in frames)
        {
            if (frame.Kind == PyFrameKind.Python)
            {
                caller = frame.Function ?? "";
            }
            else if (frame.Function == "freeze_drop" && caller != "hand_on_in_c")
            {
                return $"freeze_drop after {caller}";
            }
        }

        return null;
    }
}
