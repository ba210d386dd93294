using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The lock of a module while another thread imports it: <c>_ModuleLock.acquire()</c> (Lib/importlib/_bootstrap.py; 3.3 and later).</summary>
internal sealed class ImportReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("<frozen importlib._bootstrap>", "acquire"), ("_bootstrap.py", "acquire")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        // Its class was made before the module had its name.
        PythonValues values = wait.Values;
        if (index != 0
            || wait.Variable(0, "self") is not (ulong found and not 0)
            || !(values.IsInstance(found, "_frozen_importlib._ModuleLock") || values.IsInstance(found, "importlib._bootstrap._ModuleLock"))
            || !wait.IsLock(values.Get(found, "wakeup"u8)))
        {
            return null;
        }

        int owner = values.Number(values.Get(found, "owner"u8)) is long identifier ? wait.Threads.FindByIdentifier((ulong)identifier) : 0;
        string module = values.Text(values.Get(found, "name"u8)) ?? "?";
        return wait.Because(PyWaitKind.Import, "import of module", found, $"`{module}`, which {(owner > 0 ? wait.Threads.Describe(owner) : "another thread")} imports")
            with { HolderThreadId = owner > 0 ? owner : null, IsHolderGone = owner > 0 ? false : null };
    }
}
