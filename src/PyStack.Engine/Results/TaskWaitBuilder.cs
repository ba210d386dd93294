using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tasks;
using PyStack.Engine.Waits;
using PyStack.Engine.Waits.Descriptors;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Results;

/// <summary>Makes the public objects of what tasks wait for: adds what the system says of descriptors, children, threads and times.</summary>
/// <param name="budget">How long to look at what is outside of the process's memory.</param>
/// <param name="threads">The threads of the same capture, by the addresses of their states.</param>
internal sealed class TaskWaitBuilder(ITarget target, WaitBudget budget, IReadOnlyDictionary<ulong, ThreadRow> threads)
{
    /// <summary>Descriptors that are looked at: of more the number is all that is said.</summary>
    private const int MaxDescriptors = 300;

    private readonly WaitTimes _times = new(target.Memory, target as LiveProcess, budget);
    private readonly Dictionary<int, Descriptor> _descriptors = [];
    private readonly Dictionary<int, WaitReason> _children = [];
    private DescriptorText _text = new(null, target.ProcessId);

    /// <summary>Looks at the descriptors of all waits, and for their other ends, once for all.</summary>
    public void Prepare(IEnumerable<CapturedTask> tasks)
    {
        if (target is not LiveProcess process)
        {
            return;
        }

        DescriptorReader reader = new(process.ProcessId, budget);
        OtherEnds ends = new(process, budget);
        foreach (CapturedTask task in tasks)
        {
            if (task.Wait?.Descriptor is int number && _descriptors.Count < MaxDescriptors && !_descriptors.ContainsKey(number))
            {
                Descriptor descriptor = reader.Read(process.ProcessId, number);
                _descriptors.Add(number, descriptor);
                ends.Want(descriptor);
            }
        }

        if (_descriptors.Count > 0)
        {
            ends.Look();
            _text = new DescriptorText(ends, process.ProcessId);
        }
    }

    public PyWait Build(TaskWait wait)
    {
        double? left = Left(wait.Deadline);
        double? limit = Left(wait.Limit);
        ulong holder = wait.Holder != 0 ? wait.Holder : wait.Tasks.Count == 1 ? wait.Tasks[0] : 0;
        ThreadRow? thread = wait.Thread == 0 ? null : threads.GetValueOrDefault(wait.Thread);
        Descriptor? descriptor = wait.Descriptor is int number ? _descriptors.GetValueOrDefault(number) ?? new Descriptor(number, DescriptorKind.Unknown, null) : null;
        WaitReason? child = wait.ProcessId is int processId ? Child(processId) : null;
        return new PyWait
        {
            Kind = descriptor?.Link is null || descriptor.WaitKind is PyWaitKind.Other or PyWaitKind.Disk ? wait.Kind : descriptor.WaitKind,
            Description = wait.Description
                + (child is null ? "" : $" {child.Subject}")
                + (descriptor is null ? "" : ": " + _text.Of(descriptor, isShort: false))
                + (thread is null ? "" : $", running in {Describe(thread)}")
                + (left is double seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds:0.0##} s left") : "")
                + (limit is double until ? string.Create(CultureInfo.InvariantCulture, $", timeout in {until:0.0##} s") : ""),
            FileDescriptor = wait.Descriptor,
            Resource = descriptor is null ? child?.Resource : _text.ResourceOf(descriptor),
            Object = wait.Object,
            HolderThreadId = thread is { ThreadId: > 0 } ? thread.ThreadId : null,
            HolderProcessId = child?.HolderProcessId ?? (descriptor is null ? null : _text.HolderOf(descriptor)),
            HolderTaskId = holder == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"0x{holder:x}"),
            Timeout = left is null || limit < left ? limit ?? left : left,
        };
    }

    private static string Describe(ThreadRow thread)
        => string.Create(CultureInfo.InvariantCulture, $"thread {thread.ThreadId}") + (string.IsNullOrEmpty(thread.Name) ? "" : $" ({TerminalText.Escape(thread.Name)})");

    private double? Left(double? end) => end is double moment ? _times.At(moment, WaitTimes.Monotonic).Seconds : null;

    private WaitReason Child(int id)
    {
        if (!_children.TryGetValue(id, out WaitReason? child))
        {
            child = new WaitReason(PyWaitKind.Process, null, "") { Subject = string.Create(CultureInfo.InvariantCulture, $"child {id}") };
            child = target is LiveProcess process && _children.Count < MaxDescriptors && budget.Remains && new Children(process.ProcessId).ToObserver(id) is > 0 and int observed
                ? ChildCalls.OfChild(child, observed)
                : child;
            _children.Add(id, child);
        }

        return child;
    }
}
