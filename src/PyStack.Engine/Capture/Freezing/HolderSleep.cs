using PyStack.Engine.Python.Frames;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>Whether the last holders of the GILs slept while the process was read: then what was read is of one moment.</summary>
/// <param name="evidence">Says whether a thread runs its thread state.</param>
/// <param name="capture">What was read.</param>
/// <param name="values">Compares what else was read; null if that is no more than stacks.</param>
internal sealed class HolderSleep(LiveProcess process, GilHolders holders, LoopEvidence evidence, RawCapture capture, OtherValues? values)
{
    /// <summary>Whether any GIL has a last holder that still exists.</summary>
    public bool HasHolder()
    {
        foreach (GilHolder holder in holders.Items)
        {
            if (holder.ThreadId != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all last holders have slept since before the process was read.</summary>
    public bool AreAsleep()
    {
        foreach (GilHolder holder in holders.Items)
        {
            // No one to stop: a thread that begins and ends in between could change values, but no frames of others.
            bool isStill = holder.ThreadId == 0 ? values?.HaveStayed() != false : IsAsleep(holder);
            if (!isStill)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsAsleep(GilHolder holder)
    {
        for (int i = 0; i < capture.Threads.Count; i++)
        {
            if (capture.Threads[i].Address == holder.State.Address)
            {
                evidence.SetMap(process.Map);
                ulong stackPointer = holders.StackPointerOf(holder.ThreadId);
                return evidence.IsRunBy(capture.Threads[i], capture, stackPointer, holder.ThreadId == process.ProcessId, process.Memory) && holders.HasSlept(holder);
            }
        }

        return false;
    }
}
