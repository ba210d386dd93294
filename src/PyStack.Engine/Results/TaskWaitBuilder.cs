using System.Globalization;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tasks;
using PyStack.Engine.Waits;

namespace PyStack.Engine.Results;

/// <summary>Makes the public objects of what tasks wait for: adds what the system says of descriptors, threads and times.</summary>
internal sealed class TaskWaitBuilder(ITarget target, WaitBudget budget)
{
    private readonly WaitTimes _times = new(target.Memory, target as LiveProcess, budget);

    public PyWait Build(TaskWait wait)
    {
        double? left = wait.Deadline is double deadline ? _times.At(deadline, WaitTimes.Monotonic).Seconds : null;
        ulong holder = wait.Holder != 0 ? wait.Holder : wait.Tasks.Count == 1 ? wait.Tasks[0] : 0;
        return new PyWait
        {
            Kind = wait.Kind,
            Description = wait.Description + (left is double seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds:0.0##} s left") : ""),
            FileDescriptor = wait.Descriptor,
            Object = wait.Object,
            HolderThreadId = wait.ThreadId,
            HolderProcessId = wait.ProcessId,
            HolderTaskId = holder == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"0x{holder:x}"),
            Timeout = left,
        };
    }
}
