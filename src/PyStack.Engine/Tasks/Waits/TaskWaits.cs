using System.Collections.Generic;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Finds out what the tasks of one interpreter wait for, from their frames and from the objects that they await.</summary>
internal sealed class TaskWaits(PythonReader python)
{
    /// <summary>No reason is further out than this: the library's functions over a future.</summary>
    private const int MaxDepth = 16;

    private TaskDirectory _tasks = new([]);

    /// <summary>Begins with the tasks of an interpreter.</summary>
    public void Begin(List<RawTask> tasks) => _tasks = new TaskDirectory(tasks);

    /// <summary>What a task waits for; null if it waits for nothing that is known.</summary>
    /// <param name="stack">How its frames were found.</param>
    /// <param name="frames">Outermost first.</param>
    public TaskWait? Find(RawTask task, in RawStack stack, List<PythonFrame> frames)
    {
        if (task.State == PyTaskState.Done || stack.State != GeneratorState.Suspended)
        {
            return null;
        }

        WaitingTask waiting = new(task, new PythonStack(0, null, frames, python), stack.Awaits, _tasks);
        for (int i = 0; i < frames.Count && i < MaxDepth; i++)
        {
            bool isKnown = false;
            foreach (ITaskWaitReader reader in TaskWaitReaders.Of(waiting.Stack, i))
            {
                isKnown = true;
                waiting.Inner = reader.Read(waiting, i) ?? waiting.Inner;
            }

            if (!isKnown)
            {
                break;
            }
        }

        return waiting.Inner ?? AwaitedObject(waiting);
    }

    /// <summary>Adds what is known only when all tasks are: who waits for whom.</summary>
    /// <param name="first">Of the tasks of this interpreter.</param>
    public void Finish(List<CapturedTask> tasks, int first)
    {
        for (int i = first; i < tasks.Count; i++)
        {
            foreach (ulong awaited in tasks[i].Wait?.Tasks ?? [])
            {
                if (_tasks.Find(awaited) is RawTask other && !other.AwaitedBy.Contains(tasks[i].Raw.Address))
                {
                    other.AwaitedBy.Add(tasks[i].Raw.Address);
                }
            }
        }
    }

    private static TaskWait? AwaitedObject(WaitingTask task)
    {
        ulong awaited = task.Raw.Awaits;
        return awaited == 0 ? null
            : task.Others.Find(awaited) is not null ? new TaskWait(PyWaitKind.Task, task.Others.Describe(awaited)) { Object = task.Values.Describe(awaited), Address = awaited, Tasks = [awaited] }
            : task.Because(PyWaitKind.Future, "", awaited) with { Description = task.Values.Show(awaited) };
    }
}
