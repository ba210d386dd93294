using System.Collections.Generic;
using PyStack.Engine.Waits.Holders;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The locks of <c>logging</c>: that of a handler, and the one of the module.</summary>
internal sealed class LoggingWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("__init__.py", "acquire"), ("__init__.py", "handle"), ("__init__.py", "_acquireLock"), ("__init__.py", "emit"), ("__init__.py", "flush"), ("__init__.py", "close")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Lock is not LockWait waited)
        {
            return null;
        }

        WaitReason reason = PythonWaits.Describe(wait.Kernel, waited);
        if (wait.TryGetSelf(index, out ulong self, "logging", "Handler") && wait.Python.TryGet(self, out ulong own, "lock") && IsIn(wait, own, waited))
        {
            string? name = wait.Python.GetText(self, "baseFilename") ?? (wait.Python.TryGet(self, out ulong opened, "stream") ? wait.Python.GetText(opened, "name") : null);
            string stream = name is null ? "" : $" ({name})";
            return reason with { Action = $"{reason.Action} of logging's {wait.Python.ClassOf(self)}{stream}" };
        }

        return wait.Stack[index].Code.Name == "_acquireLock" && wait.Stack[index].Code.FileName.EndsWith("/logging/__init__.py", System.StringComparison.Ordinal)
            ? reason with { Action = reason.Action + " of logging" }
            : null;
    }

    // A Python RLock (2.7) has a lock inside.
    private static bool IsIn(PythonWait wait, ulong own, LockWait waited)
        => own == waited.Address || (wait.Python.TryGet(own, out ulong block, "_block", "_RLock__block") && block == waited.Address);
}
