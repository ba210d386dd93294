using System;
using System.Globalization;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Which threads have a lock in a variable, or as an attribute of what a variable has: one of them may have taken it by hand.</summary>
internal sealed class LockMentions(PythonThreads threads, LockReaders readers)
{
    /// <summary>Variables that are looked at for the locks of one call.</summary>
    private int _left = 200_000;

    /// <summary>Says it in words, as <c>thread 4714 (writer) has it in the variable `lock` at store.py:88</c>; null if none has it.</summary>
    /// <param name="isWaiting">Whether a thread waits for the lock itself: those do not count.</param>
    public string? Find(ulong address, Func<PythonStack, bool> isWaiting)
    {
        foreach (PythonStack stack in threads.Stacks)
        {
            LockReader reader = readers.Of(stack);
            for (int i = 0; i < stack.Count; i++)
            {
                foreach ((string name, ulong value) in stack.Variables(i))
                {
                    if (--_left < 0)
                    {
                        return null;
                    }

                    if (reader.IsOrHas(value, address, out string? attribute) && !isWaiting(stack))
                    {
                        string variable = TerminalText.Escape(attribute is null ? name : name + "." + attribute);
                        return string.Create(CultureInfo.InvariantCulture, $"{threads.Describe(stack.ThreadId)} has it in the variable `{variable}` at {stack.PlaceOf(i)}");
                    }
                }
            }
        }

        return null;
    }
}
