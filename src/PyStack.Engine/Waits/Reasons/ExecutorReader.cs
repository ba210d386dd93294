using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The shutdown of an executor, which waits for its threads: <c>shutdown()</c>, <c>with</c>, and the end of the interpreter.</summary>
internal sealed class ExecutorReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions
        => [("thread.py", "shutdown"), ("process.py", "shutdown"), ("thread.py", "_python_exit"), ("process.py", "_python_exit"), ("_base.py", "__exit__")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind != PyWaitKind.Join)
        {
            return null;
        }

        if (wait.IsIn(index, "_python_exit"))
        {
            return wait.Inner with { Subject = wait.Inner.Subject + ", a thread of an executor" };
        }

        return wait.IsIn(index, "shutdown") && wait.Find(index, "self", "concurrent.futures._base.Executor") is ulong executor and not 0
            ? wait.Inner with { Subject = $"{wait.Inner.Subject}, in shutdown() of {wait.Values.TypeName(executor)}" }
            : null;
    }
}
