using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Capture.Merging;

/// <summary>Which of a process's CPythons a native frame belongs to: each evaluation loop runs the frames of the module that it is in.</summary>
internal sealed class LoopOwners(IReadOnlyList<PythonRuntime> runtimes)
{
    /// <summary>Whether frames have to be distinguished at all.</summary>
    public bool HasSeveral => runtimes.Count > 1;

    /// <summary>The index of the CPython, or -1 for code of none. Where there is one CPython only, all is its own.</summary>
    public int OwnerOf(in NativeFrame frame)
    {
        if (!HasSeveral)
        {
            return 0;
        }

        for (int i = 0; i < runtimes.Count; i++)
        {
            if (runtimes[i].Code.Contains(frame.Address))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether a thread has a part of the CPython that a frame belongs to.</summary>
    public bool Has(IReadOnlyList<MergePart> parts, in NativeFrame frame)
    {
        int owner = OwnerOf(frame);
        bool has = !HasSeveral;
        for (int i = 0; i < parts.Count && !has; i++)
        {
            has = parts[i].Runtime == owner;
        }

        return has;
    }

    /// <summary>Orders the groups of several CPythons in the order of their loops: each loop runs the next group of its own. False if they do not fit.</summary>
    public bool TryOrder(List<EntryGroup> groups, List<NativeFrame> frames, List<EvaluationLoop> loops, IReadOnlyList<MergePart> parts)
    {
        List<EntryGroup> left = [.. groups];
        List<EntryGroup> ordered = new(groups.Count);
        foreach (EvaluationLoop loop in loops)
        {
            int owner = OwnerOf(frames[loop.Last]);
            int next = left.FindIndex(group => parts[group.Part].Runtime == owner);
            if (next < 0)
            {
                return false;
            }

            ordered.Add(left[next]);
            left.RemoveAt(next);
        }

        groups.Clear();
        groups.AddRange(ordered);
        return left.Count == 0;
    }

    /// <summary>Whether a frame is the evaluation loop of a CPython.</summary>
    public bool IsLoop(in NativeFrame frame)
        => OwnerOf(frame) is >= 0 and int owner && CallMachinery.IsLoop(frame, owner < runtimes.Count ? runtimes[owner].Version : default);

    /// <summary>A native stack without the frames of other CPythons: what it says about the lock and the collector is then this one's.</summary>
    public NativeStack WithoutOthers(NativeStack native, int runtime)
    {
        if (!HasSeveral)
        {
            return native;
        }

        List<NativeFrame> own = native.Frames.FindAll(frame => OwnerOf(frame) is int owner && (owner == runtime || owner < 0));
        return native with { Frames = own };
    }
}
