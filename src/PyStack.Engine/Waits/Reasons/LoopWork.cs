using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Futures that get their result from an asyncio event loop: <c>asyncio.run_coroutine_threadsafe()</c>. The loop's thread has to run before they have it.</summary>
internal static class LoopWork
{
    /// <summary>Callbacks of one loop that are looked at.</summary>
    private const int MaxReady = 10_000;

    /// <summary>The task whose result a <c>concurrent.futures.Future</c> gets (0 if it has not been made yet), the thread of its loop, and both in words; null if it is no such future, or its loop does not run.</summary>
    public static (ulong Task, int ThreadId, string Words)? Of(PythonWait wait, ulong future)
    {
        FutureObjects futures = new(wait.Python);
        foreach (ulong callback in wait.Values.Items(wait.Values.Get(future, "_done_callbacks"u8)))
        {
            ulong source = futures.VariableOf(callback, "_chain_future.<locals>._call_check_cancel", "source");
            if (futures.IsTask(source) && ThreadOf(wait, futures.LoopOf(source)) is > 0 and int threadId)
            {
                return (source, threadId, $"task {SystemCallContext.Hex(source)} of the event loop in {wait.Threads.Describe(threadId)}");
            }
        }

        foreach (PythonStack stack in wait.Threads.Stacks)
        {
            for (int i = 0; i < stack.Count; i++)
            {
                if (stack.Python == wait.Python && stack.Is(i, "base_events.py", "_run_once") && stack.TryGetVariable(i, "self", out ulong loop) && IsReady(wait, futures, loop, future))
                {
                    return (0, stack.ThreadId, $"not begun by the event loop in {wait.Threads.Describe(stack.ThreadId)}");
                }
            }
        }

        return null;
    }

    private static int ThreadOf(PythonWait wait, ulong loop)
        => wait.Values.Number(wait.Values.Get(loop, "_thread_id"u8)) is long identifier ? wait.Threads.FindByIdentifier((ulong)identifier) : 0;

    // What call_soon_threadsafe() was given makes the task when the loop comes to it.
    private static bool IsReady(PythonWait wait, FutureObjects futures, ulong loop, ulong future)
    {
        ulong ready = wait.Values.Get(loop, "_ready"u8);
        if (!wait.Python.Objects.Is(ready, ObjectKind.Deque) || !wait.Python.Objects.TryOpenDeque(ready, out DequeItems items))
        {
            return false;
        }

        for (int i = 0; i < MaxReady && items.TryNext(out ulong handle); i++)
        {
            if (wait.Values.IsInstance(handle, "asyncio.events.Handle")
                && futures.VariableOf(wait.Values.Slot(handle, "_callback"u8), "run_coroutine_threadsafe.<locals>.callback", "future") == future)
            {
                return true;
            }
        }

        return false;
    }
}
