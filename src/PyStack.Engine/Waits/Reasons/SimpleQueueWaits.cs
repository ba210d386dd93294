using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// <c>queue.SimpleQueue.get</c>, which is written in C and has no frame: it is in a variable of the caller. <see cref="PythonWaits"/> asks for it where nothing else is known of a futex.
/// </summary>
internal static class SimpleQueueWaits
{
    /// <summary>Frames whose variables are examined.</summary>
    private const int MaxVariables = 64;

    public static WaitReason? Find(PythonWait wait)
    {
        if (wait.Stack.Count == 0)
        {
            return null;
        }

        ulong found = 0;
        int variables = 0;
        foreach ((_, ulong value) in wait.Stack.Variables(0))
        {
            if (++variables > MaxVariables)
            {
                break;
            }

            if (wait.Python.IsOf(value, "_queue", "SimpleQueue") && found != value)
            {
                // Of two it is not known which one is waited for.
                if (found != 0)
                {
                    return null;
                }

                found = value;
            }
        }

        return found == 0 ? null : wait.Kernel with { Kind = PyWaitKind.Queue, Action = "get from SimpleQueue", Subject = SystemCallContext.Hex(found), Object = wait.Python.ObjectText(found) };
    }
}
