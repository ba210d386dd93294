using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>The lists of tasks that threads and interpreters have from 3.14 on (internal/pycore_llist.h): circles of nodes inside of the tasks, which the head belongs to.</summary>
internal sealed class AsyncioTaskLists(TaskSearch search, AsyncioLayout layout)
{
    public void AddAll(AsyncioTaskReader reader)
    {
        foreach (RawThread thread in search.Threads)
        {
            // The one that runs may be in no list: an eager task in its first step.
            if (layout.ThreadTask is int running && search.Memory.TryReadPointer(thread.Address + (ulong)running, out ulong task))
            {
                reader.Add(task, thread.Address);
            }

            if (layout.ThreadTasks is int head)
            {
                AddList(reader, thread.Address + (ulong)head, thread.Address);
            }
        }

        if (layout.InterpreterTasks is int orphans)
        {
            AddList(reader, search.Address + (ulong)orphans, 0);
        }
    }

    private void AddList(AsyncioTaskReader reader, ulong head, ulong thread)
    {
        CycleGuard guard = default;
        ulong node = head;
        ulong previous = head;
        while (search.HasRoom)
        {
            search.Watch();
            bool isRead = TryReadNext(node, out ulong next, out ulong before);

            // What does not lead back to where it was found is no list, or one that changes.
            bool isLink = isRead && (node == head || before == previous) && next != 0;
            search.IsTruncated |= search.IsDoubtful || !isLink;
            if (!isLink || next == head || !guard.TryStep(next))
            {
                break;
            }

            (previous, node) = (node, next);
            reader.Add(node - (ulong)layout.Node!.Value, thread);
        }
    }

    private bool TryReadNext(ulong node, out ulong next, out ulong previous)
    {
        System.Span<ulong> links = stackalloc ulong[2];
        bool isRead = search.Memory.TryRead(node, MemoryMarshal.AsBytes(links));
        (next, previous) = (links[0], links[1]);
        return isRead;
    }
}
