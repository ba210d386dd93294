using System;
using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.Merging;

/// <summary>
/// Inserts the Python frames of one OS thread in place of the evaluation loops on its native stack. Each loop runs one entry frame and the frames
/// that it calls without leaving C, outermost first. Where one of the two stacks is cut at its outer end they are matched from the inside.
/// </summary>
internal sealed class StackMerger(LoopOwners owners, bool lastOnly)
{
    /// <summary>Merges the parts of a thread, one for each interpreter that it is in, with its native stack.</summary>
    public MergeOutcome Merge(IReadOnlyList<MergePart> parts, NativeStack native)
    {
        List<EvaluationLoop> named = LoopFinder.ByName(native.Frames, owners, parts);
        if (!TryMatch(parts, native, named, out Match match))
        {
            int missing = match.Groups.Count - named.Count;
            return Unmerged(parts, native, named, Explain(match.Groups.Count, named.Count, native)) with
            {
                MayMergeNextTime = missing is 1 or -1 && IsBetweenFrames(native, named),
            };
        }

        List<MergedFrame>[] merged = new List<MergedFrame>[parts.Count];
        for (int i = 0; i < merged.Length; i++)
        {
            merged[i] = [];
        }

        Place(parts, native.Frames, match, merged);
        return new MergeOutcome(merged, OrderOf(match.Groups, parts.Count)) { FirstNative = match.Start };
    }

    /// <summary>All frames of a thread that cannot be merged: the Python frames, then the native ones.</summary>
    /// <param name="why">The end of a sentence.</param>
    public MergeOutcome Unmerged(IReadOnlyList<MergePart> parts, NativeStack native, string why)
        => Unmerged(parts, native, LoopFinder.ByName(native.Frames, owners, parts), why);

    private MergeOutcome Unmerged(IReadOnlyList<MergePart> parts, NativeStack native, List<EvaluationLoop> named, string why)
    {
        List<MergedFrame>[] frames = new List<MergedFrame>[parts.Count];
        int[] order = new int[parts.Count];
        for (int part = 0; part < frames.Length; part++)
        {
            frames[part] = NativeMerge.PythonOnly(parts[part].Frames);
            order[part] = part;
        }

        if (lastOnly && named.Count > 0)
        {
            AddInner(native.Frames, named[^1], frames[^1]);
        }
        else
        {
            frames[^1].AddRange(NativeMerge.NativeOnly(native));
        }

        return new MergeOutcome(frames, order) { Failure = why };
    }

    /// <param name="match">Without success it has the groups that need loops.</param>
    private bool TryMatch(IReadOnlyList<MergePart> parts, NativeStack native, List<EvaluationLoop> named, out Match match)
    {
        List<NativeFrame> frames = native.Frames;
        List<EntryGroup> all = EntryGroup.Find(parts, areLinked: true);
        List<EntryGroup> groups = all.FindAll(group => group.HasLoop);
        int orphans = all.Count - groups.Count;
        match = new Match(all, groups, [], 0);
        if (orphans == 0 && groups.Count == 0 && named.Count == 0)
        {
            return true;
        }

        // The interpreter's own chain ends where a greenlet begins; so it does, in 3.9, at a generator that throw() has linked.
        int start = orphans == 0 && parts.Count == 1 ? LoopFinder.FindSwitch(frames, named, groups.Count) : 0;
        bool isEqual = named.Count == groups.Count && orphans == 0 && (!owners.HasSeveral || owners.TryOrder(groups, frames, named, parts));
        if (start > 0 || isEqual || (orphans > 0 && parts.Count == 1 && groups.Count > 0 && named.Count > groups.Count))
        {
            List<EvaluationLoop> inner = named[^groups.Count..];
            if (!LoopFinder.IsDenied(frames, groups, inner))
            {
                match = new Match(all, groups, inner, start);
                return true;
            }
        }

        if (LoopFinder.TryFindByShim(frames, groups, named, out List<EvaluationLoop> loops))
        {
            // Loops outside the outermost frame belong to a stack that this thread has left.
            int left = named.FindLastIndex(loop => loop.Last < loops[0].First);
            int outside = left < 0 ? 0 : Math.Max(named[left].Last + 1, LoopFinder.FindSwitch(frames, named, named.Count - left - 1));
            match = new Match(all, groups, loops, outside);
            return true;
        }

        // A trace function makes a running generator look like one that is only linked.
        List<EntryGroup> unlinked = EntryGroup.Find(parts, areLinked: false);
        if (unlinked.Count > groups.Count && unlinked.Count == named.Count)
        {
            match = new Match(unlinked, unlinked, named, 0);
            return true;
        }

        return parts.Count == 1 && TryMatchInside(parts[0], native, named, all, groups, out match);
    }

    // Where the native or the Python stack is cut at its outer end, their inner ends still belong together, unless the thread is just
    // about to enter or leave a loop.
    private static bool TryMatchInside(
        MergePart part, NativeStack native, List<EvaluationLoop> named, List<EntryGroup> all, List<EntryGroup> groups, out Match match)
    {
        match = new Match(all, groups, [], 0);
        bool isCut = named.Count < groups.Count ? native.End != UnwindEnd.Complete : !part.IsOuterEndKnown;
        int count = Math.Min(named.Count, groups.Count);
        if (!isCut || count == 0 || native.Frames[^1].Physical == native.Frames[named[^1].Last].Physical)
        {
            return false;
        }

        List<EvaluationLoop> loops = named[^count..];
        List<EntryGroup> inner = groups[^count..];
        if (LoopFinder.IsDenied(native.Frames, inner, loops))
        {
            return false;
        }

        match = new Match(all, inner, loops, 0);
        return true;
    }

    // Whether the thread is in the interpreter's own code, where a loop and its frame come and go; one that waits in the kernel does not.
    private static bool IsBetweenFrames(NativeStack native, List<EvaluationLoop> named)
        => native.End == UnwindEnd.Complete && named.Count > 0 && native.Frames[^1].Library == native.Frames[named[^1].Last].Library;

    private static string Explain(int groups, int loops, NativeStack native)
        => loops == 0 && groups > 0 ? "no native frame can be identified as the interpreter's evaluation loop, because its file has no such symbol or the stack ends too early"
            : native.End != UnwindEnd.Complete ? "the native stack could not be followed to its outermost frame"
            : $"the native stack has {loops} calls of the evaluation loop, and the Python frames belong to {groups}";

    private void Place(IReadOnlyList<MergePart> parts, List<NativeFrame> frames, Match match, List<MergedFrame>[] merged)
    {
        if (match.All.Count == 0)
        {
            AddRange(frames, match.Start, frames.Count, merged[0]);
            return;
        }

        // Those whose loops are not known come first; their native frames, if any, are outside them.
        int unmatched = match.All.Count - match.Groups.Count;
        int first = match.Start;
        if (unmatched > 0)
        {
            first = Math.Max(first, OuterLoopEnd(frames, match));
            if (!lastOnly)
            {
                AddRange(frames, match.Start, first, merged[match.All[0].Part]);
            }

            for (int i = 0; i < unmatched; i++)
            {
                AddPython(match.All[i], parts, merged[match.All[i].Part]);
            }
        }

        if (!lastOnly && match.Groups.Count > 0)
        {
            AddOuter(frames, first, match.Loops[0], merged[match.Groups[0].Part]);
        }

        for (int i = 0; i < match.Groups.Count; i++)
        {
            EntryGroup group = match.Groups[i];
            List<MergedFrame> into = merged[group.Part];
            if (i == match.Groups.Count - 1)
            {
                AddPython(group, parts, into);
                AddInner(frames, match.Loops[i], into);
            }
            else if (lastOnly)
            {
                AddPython(group, parts, into);
            }
            else
            {
                ThrownThrough thrown = ThrownThrough.Find(parts, group, match.Groups[i + 1], frames, match.Loops[i].Last + 1, match.Loops[i + 1].First);
                AddPython(group with { Count = group.Count - thrown.Count }, parts, into);
                AddBetween(frames, match.Loops[i], match.Loops[i + 1], merged[match.Groups[i + 1].Part], thrown);
            }
        }
    }

    // After the loop outside the outermost one that is matched; the start of the stack if there is none.
    private int OuterLoopEnd(List<NativeFrame> frames, Match match)
    {
        for (int i = match.Loops[0].First - 1; i >= 0; i--)
        {
            if (owners.IsLoop(frames[i]) || CallMachinery.IsTailCall(frames[i]))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static int[] OrderOf(List<EntryGroup> groups, int parts)
    {
        List<int> order = [];
        foreach (EntryGroup group in groups)
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

    private static void AddPython(in EntryGroup group, IReadOnlyList<MergePart> parts, List<MergedFrame> into)
    {
        for (int i = group.First; i < group.First + group.Count; i++)
        {
            PythonFrame frame = parts[group.Part].Frames[i];
            if (!frame.IsHidden)
            {
                into.Add(MergedFrame.Of(frame));
            }
        }
    }

    private static void AddRange(List<NativeFrame> frames, int first, int end, List<MergedFrame> into)
    {
        for (int i = first; i < end; i++)
        {
            into.Add(MergedFrame.Of(frames[i]));
        }
    }

    // Before the first Python frame: all except the helpers directly next to it.
    private static void AddOuter(List<NativeFrame> frames, int first, EvaluationLoop loop, List<MergedFrame> into)
    {
        int end = loop.Last;
        while (end > first && IsLeftOut(frames, end - 1, loop))
        {
            end--;
        }

        AddRange(frames, first, end, into);
    }

    private void AddBetween(List<NativeFrame> frames, EvaluationLoop loop, EvaluationLoop next, List<MergedFrame> into, ThrownThrough thrown)
    {
        for (int i = loop.Last + 1; i < next.Last; i++)
        {
            thrown.AddBefore(i, into);
            if (!IsLeftOut(frames, i, next) && !owners.IsLoop(frames[i]))
            {
                into.Add(MergedFrame.Of(frames[i]));
            }
        }

        thrown.AddBefore(next.Last, into);
    }

    private static void AddInner(List<NativeFrame> frames, EvaluationLoop loop, List<MergedFrame> into)
    {
        int first = loop.Last + 1;
        while (first < frames.Count && CallMachinery.IsHelper(frames[first]))
        {
            first++;
        }

        AddRange(frames, first, frames.Count, into);
    }

    private static bool IsLeftOut(List<NativeFrame> frames, int index, EvaluationLoop loop)
        => CallMachinery.IsHelper(frames[index]) || frames[index].Physical == frames[loop.Last].Physical;

    /// <summary>Which loop runs which group.</summary>
    /// <param name="All">All groups, outermost first.</param>
    /// <param name="Groups">The inner ones of them, those that have a loop.</param>
    /// <param name="Loops">The loop of each of <paramref name="Groups"/>.</param>
    /// <param name="Start">The first native frame that belongs to this stack.</param>
    private readonly record struct Match(List<EntryGroup> All, List<EntryGroup> Groups, List<EvaluationLoop> Loops, int Start);
}
