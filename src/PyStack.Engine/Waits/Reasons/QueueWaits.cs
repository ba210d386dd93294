using System;
using System.Collections.Generic;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>queue.Queue</c> and its kinds: <c>get</c>, <c>put</c> and <c>join</c>, and how full it is. 2.7 has it in <c>Queue.py</c>.</summary>
internal sealed class QueueWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions
        => [("queue.py", "get"), ("queue.py", "put"), ("queue.py", "join"), ("Queue.py", "get"), ("Queue.py", "put"), ("Queue.py", "join")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (!wait.TryGetSelf(index, out ulong self, "queue", "Queue", "_PySimpleQueue") && !IsOld(wait, index, out self))
        {
            return null;
        }

        // The lock of the queue, or the thread that has it, is what is waited for until the condition is.
        if (wait.Lock is { Holder.ThreadId: not null } waited && wait.Python.TryGet(self, out ulong mutex, "mutex") && mutex == waited.Address)
        {
            WaitReason reason = PythonWaits.Describe(wait.Kernel, waited);
            return reason with { Subject = $"{reason.Subject} (of {wait.Python.ObjectText(self)})" };
        }

        string function = wait.Stack[index].Code.Name;
        string name = wait.Python.ClassOf(self);
        long count = wait.Python.TryGet(self, out ulong items, "queue", "_queue") ? wait.Python.CountOf(items) : -1;
        _ = wait.Python.TryGetNumber(self, out long most, "maxsize");
        string fill = count < 0 ? "" : count == 0 ? ", empty" : most > 0 && count >= most ? $", full ({count} of {most})" : most > 0 ? $", {count} of {most}" : $", {count} in it";
        if (function == "join")
        {
            fill = wait.Python.TryGetNumber(self, out long unfinished, "unfinished_tasks") ? $", {unfinished} unfinished tasks" : "";
        }

        return wait.Kernel with
        {
            Kind = PyWaitKind.Queue,
            Action = function switch { "put" => "put into " + name, "join" => "join of " + name, _ => "get from " + name },
            Subject = SystemCallContext.Hex(self) + fill,
            Object = wait.Python.ObjectText(self),
        };
    }

    // In 2.7 it is a class without bases, whose instances have all one type.
    private static bool IsOld(PythonWait wait, int index, out ulong self)
        => wait.Stack.TryGetVariable(index, "self", out self) && wait.Python.Objects.IsPython2 && wait.Stack.FileOf(index).SequenceEqual("Queue.py") && wait.Python.TryGet(self, out _, "not_empty");
}
