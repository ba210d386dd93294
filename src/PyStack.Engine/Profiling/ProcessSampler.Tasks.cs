using System;
using PyStack.Engine.Profiling.Tasks;

namespace PyStack.Engine.Profiling;

/// <summary>Samples of tasks: of those that run, and of those that wait.</summary>
internal sealed partial class ProcessSampler
{
    // Of the frames of the thread those of its task, and those that await it.
    private void KeepTask(TaskSampler tasks, int depth)
    {
        int own = Math.Max(0, tasks.Place - (depth - _againCount)) + 1;
        ReadOnlySpan<SampledFrame> parents = tasks.Frames[(tasks.Place + 1)..];
        _againCount = own + parents.Length;
        if (_again.Length < _againCount)
        {
            Array.Resize(ref _again, _againCount * 2);
            Array.Resize(ref _addresses, _againCount * 2);
        }

        parents.CopyTo(_again.AsSpan(own));
    }

    // Each of them for all samples since the last time.
    private void CountWaiting(WaitingTask[] tasks)
    {
        long samples = _samples - _counted;
        (_lastWaiting, _counted) = (tasks, _samples);
        foreach (WaitingTask task in samples == 0 ? [] : tasks)
        {
            if (!_threads.TryGetValue(task.Thread, out SampledThread? thread))
            {
                continue;
            }

            long group = SampleGroup.Of(thread.Name.Index, isIdle: true, hasGil: null, isCollecting: false, task.Task);
            int stack = Table.Find(task.Frames, group, out bool isNew);
            if (isNew)
            {
                _ = _codes[thread.Name.Runtime].AreKnown(task.Frames);
            }

            if (stack >= 0 && !Table.IsProved(stack))
            {
                Links.Accept(task.Frames);
                Table.SetProved(stack);
            }

            Table.Increment(stack < 0 ? OtherStacks(group) : stack, samples);
        }
    }
}
