using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The event loop of asyncio that has nothing to do: it waits in its selector, at most until the next callback.</summary>
internal sealed class AsyncioReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("selectors.py", "select"), ("base_events.py", "_run_once")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        if (index == 0
            || wait.Kernel.Kind != PyWaitKind.Select
            || !wait.IsIn(index, "_run_once")
            || wait.Find(index, "self", "asyncio.base_events.BaseEventLoop") is not (ulong loop and not 0)
            || values.Count(values.Get(loop, "_ready"u8)) is not 0)
        {
            return null;
        }

        ulong scheduled = values.Get(loop, "_scheduled"u8);
        long? count = values.Count(scheduled);
        string text = count is > 0 ? string.Create(CultureInfo.InvariantCulture, $"no task is ready, {count} {(count == 1 ? "callback" : "callbacks")} scheduled") : "no task is ready";
        TimeLimit next = count is > 0 ? wait.Until(values.Get(values.First(scheduled), "_when"u8), WaitTimes.Monotonic) : default;
        string when = next.Seconds is double seconds ? string.Create(CultureInfo.InvariantCulture, $", the next in {seconds:0.0} s") : "";
        string tasks = LoopTasks.OfAsyncio(wait, index) is string many ? $"; {many}" : "";
        return wait.Because(PyWaitKind.Select, $"asyncio event loop ({text}{when}{tasks}): {wait.Kernel.Action}", loop) with { Subject = null };
    }
}
