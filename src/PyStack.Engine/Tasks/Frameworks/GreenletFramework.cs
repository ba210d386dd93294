using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Greenlets, and what is built on them: those of gevent and eventlet. They are found among all objects of the collector, since greenlet itself has no list of them.</summary>
internal sealed class GreenletFramework : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Greenlet;

    public void Find(TaskSearch search)
    {
        if (!search.Objects.TryFindModule(search.Address, "greenlet"u8, out _))
        {
            return;
        }

        GreenletReader reader = new(search);
        // One walk for greenlets and for what they may wait for.
        IReadOnlyList<ulong> found = search.FindObjects(
            "greenlet", (ObjectReader objects, in TypeInfo type) => GreenletReader.IsGreenletType(objects, type) || GeventWaits.IsWaitable(objects, type) || EventletTimers.IsHub(objects, type), out bool isWhole);
        if (!isWhole)
        {
            search.Remarks.Add("Not all greenlets could be found: the garbage collector's lists of objects cannot be read to their ends. Builds without a GIL have no such lists.");
        }

        if (found.Count == 0)
        {
            return;
        }

        if (!reader.TryLearn(found))
        {
            search.Remarks.Add("The greenlets of the process are not shown: how this version of greenlet keeps them is not known.");
            return;
        }

        List<RawGreenlet> greenlets = ReadAll(reader, found, search);
        GreenletThreads threads = new(search, greenlets);
        GreenletNames names = new(search);
        GeventWaits waits = new(search, search.Objects.TryFindModule(search.Address, "gevent"u8, out _) ? found : [], reader.IsGreenlet);
        EventletTimers timers = new(search, search.Objects.TryFindModule(search.Address, "eventlet"u8, out _) ? found : [], reader.IsGreenlet);
        foreach (RawGreenlet greenlet in greenlets)
        {
            if (!search.HasRoom)
            {
                break;
            }

            search.Add(Describe(search, greenlet, reader, threads, names, waits, timers));
        }
    }

    // What a greenlet leads to is one as well, whenever it was created: its parent, its main greenlet, and the one that its thread runs.
    private static List<RawGreenlet> ReadAll(GreenletReader reader, IReadOnlyList<ulong> found, TaskSearch search)
    {
        List<RawGreenlet> greenlets = new(found.Count);
        HashSet<ulong> seen = new(AddressHash.Comparer);
        Stack<ulong> others = [];
        foreach (ulong address in found)
        {
            others.Push(address);
            while (others.TryPop(out ulong next) && greenlets.Count < search.Options.MaxTasks)
            {
                search.Cancellation.ThrowIfCancellationRequested();
                if (next == 0 || !seen.Add(next) || !reader.TryRead(next, out RawGreenlet greenlet))
                {
                    continue;
                }

                greenlets.Add(greenlet);
                others.Push(greenlet.Parent);
                others.Push(greenlet.Current);
                if (reader.HasImplementation)
                {
                    others.Push(greenlet.Group);
                }
            }
        }

        return greenlets;
    }

    private static RawTask Describe(TaskSearch search, in RawGreenlet greenlet, GreenletReader reader, GreenletThreads threads, GreenletNames names, GeventWaits waits, EventletTimers timers)
    {
        ulong thread = threads.Of(greenlet);
        bool isRunning = threads.Runs(greenlet);
        ulong frame = isRunning || !greenlet.IsActive ? 0 : reader.FrameOf(greenlet);
        bool isWaiting = greenlet.IsActive && !isRunning;
        RawTask task = new()
        {
            Kind = PyTaskKind.Greenlet,
            Address = greenlet.Address,
            Interpreter = search.Interpreter,
            TypeName = search.Values.TypeName(greenlet.Address),
            Thread = thread,
            Loop = names.IsHub(greenlet.Parent) ? greenlet.Parent : 0,
            Name = names.Of(greenlet),
            State = greenlet.HasEnded ? PyTaskState.Done : !greenlet.IsActive ? PyTaskState.NotStarted : isRunning ? PyTaskState.Running : PyTaskState.Waiting,
            Root = isRunning ? thread == 0 ? null : new StackRoot(StackRootKind.ThreadState, thread) : frame == 0 ? null : new StackRoot(StackRootKind.Frame, frame),
            Saved = new SavedStack(greenlet.StackStart, greenlet.SavedBytes, greenlet.StackCopy),
            Coroutine = names.FunctionOf(greenlet),
            Parent = greenlet.Parent,
            Wait = !isWaiting ? null : waits.Of(greenlet.Address) ?? (timers.Of(greenlet.Address) is double time ? new TaskWait(PyWaitKind.Sleep, "timer") { Deadline = time } : null),
        };
        if (isRunning && thread == 0)
        {
            task.Warnings.Add("It runs, and its thread is not known: its frames are in the stack of one of the threads.");
        }

        return task;
    }
}
