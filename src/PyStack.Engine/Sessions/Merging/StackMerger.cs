using System.Collections.Generic;
using PyStack.Engine.Python;
using PyStack.Engine.Sessions.NativeStacks;

namespace PyStack.Engine.Sessions.Merging;

/// <summary>
/// Puts the Python frames of one OS thread where the evaluation loops stand on its native stack. Each loop runs one entry frame and the frames
/// that it calls without leaving C, outermost first.
/// </summary>
internal sealed class StackMerger(PythonVersion version, bool lastOnly)
{
    /// <summary>Merges the parts of a thread, one for each interpreter that it is in, with its native stack.</summary>
    /// <param name="parts">The Python frames of each part, outermost first.</param>
    /// <param name="native">The native stack.</param>
    /// <param name="merged">For each part its frames, outermost first.</param>
    /// <param name="order">The parts from the outermost inwards.</param>
    /// <param name="missing">How many entry frames there are more than evaluation loops; negative if there are fewer.</param>
    /// <returns>False if there are more or fewer evaluation loops than entry frames.</returns>
    public bool TryMerge(
        IReadOnlyList<List<PythonFrame>> parts, NativeStack native, out List<MergedFrame>[] merged, out int[] order, out int missing)
    {
        List<Group> groups = FindGroups(parts);
        List<int> loops = FindLoops(native.Frames);
        merged = [];
        order = [];
        missing = groups.Count - loops.Count;
        if (missing != 0 && !TryFindLoops(native.Frames, groups, out loops))
        {
            return false;
        }

        merged = new List<MergedFrame>[parts.Count];
        for (int i = 0; i < merged.Length; i++)
        {
            merged[i] = [];
        }

        order = OrderOf(groups, parts.Count);
        if (!lastOnly || groups.Count == 0)
        {
            AddOuter(native.Frames, loops, merged[groups.Count == 0 ? 0 : groups[0].Part]);
        }

        for (int i = 0; i < groups.Count; i++)
        {
            List<MergedFrame> into = merged[groups[i].Part];
            AddPython(groups[i], parts, into);
            bool isLast = i == groups.Count - 1;
            if (isLast)
            {
                AddInner(native.Frames, loops[i], into);
            }
            else if (!lastOnly)
            {
                AddBetween(native.Frames, loops[i], loops[i + 1], merged[groups[i + 1].Part]);
            }
        }

        return true;
    }

    // An entry frame and what it runs inline. The shims of 3.12 and later stand on the C stack: where all groups have one it tells their order.
    private static List<Group> FindGroups(IReadOnlyList<List<PythonFrame>> parts)
    {
        List<Group> groups = [];
        bool areAnchored = true;
        for (int part = 0; part < parts.Count; part++)
        {
            List<PythonFrame> frames = parts[part];
            int first = 0;
            for (int i = 0; i < frames.Count; i++)
            {
                if (i > first && frames[i].IsEntry)
                {
                    groups.Add(new Group(part, first, i - first, frames[first].Anchor));
                    first = i;
                }
            }

            if (first < frames.Count)
            {
                groups.Add(new Group(part, first, frames.Count - first, frames[first].Anchor));
            }
        }

        foreach (Group group in groups)
        {
            areAnchored &= group.Anchor != 0;
        }

        if (areAnchored && parts.Count > 1)
        {
            // The stack grows downwards: the outermost group has the highest address.
            groups.Sort((left, right) => right.Anchor.CompareTo(left.Anchor));
        }

        return groups;
    }

    // In a build whose instructions call each other last, the loop's function has one of them as its callee, or has given way to it.
    private List<int> FindLoops(List<NativeFrame> frames)
    {
        List<int> loops = [];
        int lastPhysical = -2;
        for (int i = 0; i < frames.Count; i++)
        {
            NativeFrame frame = frames[i];
            bool isTail = CallMachinery.IsTailCall(frame);
            if (!isTail && !CallMachinery.IsLoop(frame, version))
            {
                continue;
            }

            if (frame.Physical == lastPhysical || (isTail && frame.Physical == lastPhysical + 1))
            {
                loops[^1] = i;
            }
            else
            {
                loops.Add(i);
            }

            lastPhysical = frame.Physical;
        }

        return loops;
    }

    // A stripped interpreter has no name for the parts that its compiler split off the loop, and one that is caught on its way in has a loop
    // more than frames. From 3.12 each group's shim says where on the stack its loop is.
    private static bool TryFindLoops(List<NativeFrame> frames, List<Group> groups, out List<int> loops)
    {
        loops = [];
        int frame = 0;
        foreach (Group group in groups)
        {
            while (frame < frames.Count && !frames[frame].Stack.Contains(group.Anchor))
            {
                frame++;
            }

            if (group.Anchor == 0 || frame == frames.Count || (loops.Count > 0 && frames[loops[^1]].Physical == frames[frame].Physical))
            {
                return false;
            }

            loops.Add(frame);
        }

        return groups.Count > 0;
    }

    private static int[] OrderOf(List<Group> groups, int parts)
    {
        List<int> order = [];
        foreach (Group group in groups)
        {
            if (!order.Contains(group.Part))
            {
                order.Add(group.Part);
            }
        }

        for (int part = 0; part < parts; part++)
        {
            if (!order.Contains(part))
            {
                order.Add(part);
            }
        }

        return [.. order];
    }

    private static void AddPython(in Group group, IReadOnlyList<List<PythonFrame>> parts, List<MergedFrame> into)
    {
        for (int i = group.First; i < group.First + group.Count; i++)
        {
            if (!parts[group.Part][i].IsHidden)
            {
                into.Add(MergedFrame.Of(parts[group.Part][i]));
            }
        }
    }

    // In front of the first Python frame: all but the helpers that stand right beside it.
    private static void AddOuter(List<NativeFrame> frames, List<int> loops, List<MergedFrame> into)
    {
        int end = loops.Count == 0 ? frames.Count : loops[0];
        while (loops.Count > 0 && end > 0 && IsLeftOut(frames, end - 1, loops[0]))
        {
            end--;
        }

        for (int i = 0; i < end; i++)
        {
            into.Add(MergedFrame.Of(frames[i]));
        }
    }

    private void AddBetween(List<NativeFrame> frames, int loop, int next, List<MergedFrame> into)
    {
        for (int i = loop + 1; i < next; i++)
        {
            if (!IsLeftOut(frames, i, next) && !CallMachinery.IsLoop(frames[i], version))
            {
                into.Add(MergedFrame.Of(frames[i]));
            }
        }
    }

    private static void AddInner(List<NativeFrame> frames, int loop, List<MergedFrame> into)
    {
        int first = loop + 1;
        while (first < frames.Count && CallMachinery.IsHelper(frames[first]))
        {
            first++;
        }

        for (int i = first; i < frames.Count; i++)
        {
            into.Add(MergedFrame.Of(frames[i]));
        }
    }

    private static bool IsLeftOut(List<NativeFrame> frames, int index, int loop)
        => CallMachinery.IsHelper(frames[index]) || frames[index].Physical == frames[loop].Physical;

    private readonly record struct Group(int Part, int First, int Count, ulong Anchor);
}
