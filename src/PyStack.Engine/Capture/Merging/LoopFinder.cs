using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;

namespace PyStack.Engine.Capture.Merging;

/// <summary>One call of the evaluation loop on a native stack, by the indices of its first and its last frame.</summary>
internal readonly record struct EvaluationLoop(int First, int Last);

/// <summary>Finds the evaluation loops of a native stack, by their names and by the shims that are in them.</summary>
internal static class LoopFinder
{
    /// <summary>The loops that have a name, outermost first. Those of a CPython in which the thread has no state are left out.</summary>
    public static List<EvaluationLoop> ByName(List<NativeFrame> frames, LoopOwners owners, IReadOnlyList<MergePart> parts)
    {
        List<EvaluationLoop> loops = [];
        int lastPhysical = -2;
        for (int i = 0; i < frames.Count; i++)
        {
            NativeFrame frame = frames[i];
            bool isTail = CallMachinery.IsTailCall(frame);
            if ((!isTail && !owners.IsLoop(frame)) || !owners.Has(parts, frame))
            {
                continue;
            }

            // In a build with tail calls, the loop's function has one of the instructions as its callee, or was replaced by it.
            if (frame.Physical == lastPhysical || (isTail && frame.Physical == lastPhysical + 1))
            {
                loops[^1] = loops[^1] with { Last = i };
            }
            else
            {
                loops.Add(new EvaluationLoop(i, i));
            }

            lastPhysical = frame.Physical;
        }

        return loops;
    }

    /// <summary>
    /// The loop of each group, by the shim that is in its frame (3.12 and later). A stripped interpreter has no name for the parts that its compiler
    /// split off the loop, and a thread that is just entering the loop has one loop more than frames.
    /// </summary>
    public static bool TryFindByShim(
        List<NativeFrame> frames, List<EntryGroup> groups, List<EvaluationLoop> named, out List<EvaluationLoop> loops)
    {
        loops = [];
        int frame = 0;
        foreach (EntryGroup group in groups)
        {
            while (frame < frames.Count && !frames[frame].Stack.Contains(group.Anchor))
            {
                frame++;
            }

            if (group.Anchor == 0 || frame == frames.Count || (loops.Count > 0 && frames[loops[^1].First].Physical == frames[frame].Physical))
            {
                return false;
            }

            int at = frame;
            int known = named.FindIndex(loop => loop.First <= at && at <= loop.Last);
            loops.Add(known < 0 ? new EvaluationLoop(frame, frame) : named[known]);
        }

        return groups.Count > 0;
    }

    /// <summary>Whether the positions of the shims contradict the loops that were found.</summary>
    public static bool IsDenied(List<NativeFrame> frames, List<EntryGroup> groups, List<EvaluationLoop> loops)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            ulong anchor = groups[i].Anchor;
            if (anchor != 0
                && frames.Exists(frame => frame.Stack.Contains(anchor))
                && !frames[loops[i].First].Stack.Contains(anchor)
                && !frames[loops[i].Last].Stack.Contains(anchor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Where the stack was switched so that just <paramref name="count"/> loops are inside: what is outside there belongs to the greenlet that
    /// waits for this one to end, or is what was left of it, and the interpreter's chain of frames ends there.
    /// </summary>
    /// <returns>The index of the first frame that belongs to the running greenlet; 0 if there is no such place.</returns>
    public static int FindSwitch(List<NativeFrame> frames, List<EvaluationLoop> loops, int count)
    {
        if (count == 0 || count > loops.Count)
        {
            return 0;
        }

        int outside = count == loops.Count ? -1 : loops[^(count + 1)].Last;
        int first = loops[^count].First - 1;
        while (first > outside && !CallMachinery.IsGreenletSwitch(frames[first]))
        {
            first--;
        }

        if (first <= outside)
        {
            return 0;
        }

        // g_initialstub is the first whose frame is saved with the greenlet; where names are missing all of the library's frames are kept.
        while (first - 1 > outside && CallMachinery.IsGreenletSwitch(frames[first - 1]) && !CallMachinery.IsGreenletStart(frames[first]))
        {
            first--;
        }

        return first;
    }
}
