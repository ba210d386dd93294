using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The lock of a module while another thread imports it (Lib/importlib/_bootstrap.py, <c>_ModuleLock</c>; 3.3 and later).</summary>
internal sealed class ImportWaits : IReasonReader
{
    private const string File = "<frozen importlib._bootstrap>";

    public IEnumerable<(string File, string Function)> Functions
        => [(File, "acquire"), ("_bootstrap.py", "acquire"), (File, "__enter__"), (File, "_lock_unlock_module"), (File, "_get_module_lock")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Stack[index].Code.Name != "acquire"
            || !wait.Stack.TryGetVariable(index, "self", out ulong self)
            || !(wait.Python.IsOf(self, "_frozen_importlib", "_ModuleLock") || wait.Python.IsOf(self, "importlib._bootstrap", "_ModuleLock")))
        {
            return null;
        }

        string module = wait.Python.GetText(self, "name") ?? "?";
        int holder = Owner(wait, self);
        string text = holder > 0
            ? string.Create(CultureInfo.InvariantCulture, $"`{module}`, which thread {holder} imports")
            : $"`{module}`, which another thread imports";
        return wait.Kernel with
        {
            Kind = PyWaitKind.Import,
            Action = "import of module",
            Subject = text,
            Object = SystemCallContext.Hex(self) + " (_ModuleLock)",
            HolderThreadId = holder > 0 ? holder : null,
            IsHolderGone = holder > 0 ? false : null,
        };
    }

    // From 3.12 on the owner is in the list of those who have it, once for each time.
    private static int Owner(PythonWait wait, ulong self)
        => wait.Python.TryGetNumber(self, out long owner, "owner") ? wait.Threads.FindByIdentifier((ulong)owner) : 0;
}
