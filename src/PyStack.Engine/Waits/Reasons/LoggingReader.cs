using System.Collections.Generic;
using PyStack.Engine.Waits.Holders;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The locks of <c>logging</c>: that of a handler, and to 3.12 that of the module.</summary>
internal sealed class LoggingReader : IReasonReader
{
    private const string File = "__init__.py";
    private const string OfModule = "_acquireLock";

    public IEnumerable<(string File, string Function)> Functions => [(File, "acquire"), (File, "handle"), (File, "flush"), (File, "close"), (File, OfModule)];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Lock is not LockWait waited)
        {
            return null;
        }

        WaitReason reason = PythonWaits.Describe(wait.Kernel, waited);
        if (wait.IsIn(index, OfModule))
        {
            return wait.Stack[index].Code.FileName.EndsWith("/logging/" + File, System.StringComparison.Ordinal) ? reason with { Action = reason.Action + " of logging" } : null;
        }

        PythonValues values = wait.Values;
        if (wait.Find(index, "self", "logging.Handler") is not (ulong handler and not 0) || values.Get(handler, "lock"u8) is not (ulong own and not 0))
        {
            return null;
        }

        // 2.7's RLock is written in Python, with a lock inside.
        if (own != waited.Address && values.Get(own, "_RLock__block"u8) != waited.Address)
        {
            return null;
        }

        string? name = values.Text(values.Get(handler, "baseFilename"u8));
        return reason with { Action = $"{reason.Action} of {values.TypeName(handler)}{(name is null ? "" : $" ({name})")}" };
    }
}
