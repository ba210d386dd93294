using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>An asyncio event loop that has nothing to do: it waits in its selector.</summary>
internal sealed class AsyncioWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("selectors.py", "select"), ("base_events.py", "_run_once"), ("base_events.py", "run_forever")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Stack[index].Code.Name != "_run_once" || !wait.TryGetSelf(index, out ulong self, "asyncio.base_events", "BaseEventLoop"))
        {
            return null;
        }

        long timers = wait.Python.TryGet(self, out ulong scheduled, "_scheduled") ? wait.Python.CountOf(scheduled) : -1;
        string text = SystemCallContext.Hex(self) + ": no task is ready" + (timers > 0 ? string.Create(CultureInfo.InvariantCulture, $", {timers} timer{(timers == 1 ? "" : "s")}") : "");
        return wait.Kernel with { Kind = PyWaitKind.Select, Action = $"asyncio event loop {text}; {wait.Kernel.Action}", Object = wait.Python.ObjectText(self) };
    }
}
