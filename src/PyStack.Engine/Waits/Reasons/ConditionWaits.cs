using System.Collections.Generic;
using PyStack.Engine.Waits.Holders;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Condition.wait</c>: the notification, and afterwards the condition's own lock again.</summary>
internal sealed class ConditionWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "wait"), ("threading.py", "wait_for"), ("threading.py", "_acquire_restore"), ("threading.py", "__enter__")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (!wait.TryGetSelf(index, out ulong self, "threading", "Condition", "_Condition"))
        {
            return null;
        }

        string name = wait.Python.ObjectText(self);
        bool hasLock = wait.Python.TryGet(self, out ulong own, "_lock", "_Condition__lock");

        // A Python RLock has its own lock inside.
        if (wait.Lock is LockWait waited && (wait.Stack[index].Code.Name is "__enter__" or "_acquire_restore"
            || (hasLock && (waited.Address == own || (wait.Python.TryGet(own, out ulong block, "_block", "_RLock__block") && waited.Address == block)))))
        {
            WaitReason reason = PythonWaits.Describe(wait.Kernel, waited);
            return reason with { Subject = $"{reason.Subject} (of {name})" };
        }

        long waiters = wait.Python.TryGet(self, out ulong list, "_waiters", "_Condition__waiters") ? wait.Python.CountOf(list) : -1;
        return wait.Kernel with
        {
            Kind = PyWaitKind.Condition,
            Action = "notify of Condition",
            Subject = SystemCalls.SystemCallContext.Hex(self) + (waiters > 1 ? $", {waiters} threads wait" : ""),
            Object = name,
        };
    }
}
