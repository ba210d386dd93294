using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The managers of <c>multiprocessing</c>: a proxy that waits for a reply, whose other end is the manager's process, and the threads of the server, which wait for a request.</summary>
internal sealed class ManagerReader : IReasonReader
{
    private const string File = "managers.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "_callmethod"), (File, "serve_client"), (File, "accepter"), ("connection.py", "accept"), ("socket.py", "accept")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Kernel.Kind is not (PyWaitKind.Socket or PyWaitKind.Pipe or PyWaitKind.Select) || wait.Inner is not null)
        {
            return null;
        }

        if (wait.IsIn(index, "_callmethod"))
        {
            return wait.Find(index, "self", "multiprocessing.managers.BaseProxy") is ulong proxy and not 0
                ? wait.Because(wait.Kernel.Kind, "reply of the manager to", proxy, $"{wait.Values.Text(wait.Variable(index, "methodname")) ?? "a call"} of {wait.Values.TypeName(proxy)}")
                : null;
        }

        return wait.Find(index, "self", "multiprocessing.managers.Server") != 0 ? wait.Kernel with { Action = $"requests to a multiprocessing manager (its server): {wait.Kernel.Action}" } : null;
    }
}
