using System.Collections.Generic;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Capture.Merging;

/// <summary>The Python frames that one evaluation loop runs: an entry frame and what it calls without leaving the loop.</summary>
/// <param name="Part">Which of the thread's parts they belong to.</param>
/// <param name="First">The index of the outermost of them.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Anchor">As in <see cref="RawFrame"/>.</param>
/// <param name="HasLoop">Whether their loop is on the native stack: that of linked frames at the outer end of a chain is not known.</param>
internal readonly record struct EntryGroup(int Part, int First, int Count, ulong Anchor, bool HasLoop)
{
    /// <summary>The groups of all parts, outermost first.</summary>
    /// <param name="parts">The Python frames of each part, outermost first.</param>
    /// <param name="areLinked">Whether frames that may be linked are: they then belong to the group outside them.</param>
    public static List<EntryGroup> Find(IReadOnlyList<MergePart> parts, bool areLinked)
    {
        List<EntryGroup> groups = [];
        for (int part = 0; part < parts.Count; part++)
        {
            List<PythonFrame> frames = parts[part].Frames;
            int first = 0;
            for (int i = 1; i <= frames.Count; i++)
            {
                if (i == frames.Count || (frames[i].IsEntry && !(areLinked && frames[i].IsLinked)))
                {
                    groups.Add(new EntryGroup(part, first, i - first, frames[first].Anchor, !(areLinked && frames[first].IsLinked)));
                    first = i;
                }
            }
        }

        // The stack grows downwards: where all groups have a shim the outermost one has the highest address.
        if (parts.Count > 1 && groups.TrueForAll(group => group.Anchor != 0))
        {
            groups.Sort((left, right) => right.Anchor.CompareTo(left.Anchor));
        }

        return groups;
    }
}

/// <summary>The Python frames of one thread state.</summary>
/// <param name="Frames">Outermost first.</param>
/// <param name="IsOuterEndKnown">Whether the outermost frame is the thread's first: a chain that is too long or cannot be read is cut there.</param>
/// <param name="Runtime">Which CPython of the process it belongs to.</param>
internal readonly record struct MergePart(List<PythonFrame> Frames, bool IsOuterEndKnown, int Runtime = 0);
