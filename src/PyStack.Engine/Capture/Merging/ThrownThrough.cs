using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Capture.Merging;

/// <summary>
/// The generators that an exception was thrown through to the one that handles it: <c>_gen_throw</c> (Objects/genobject.c, 3.9 and later) links each
/// into the thread's frames and calls itself for the one that it delegates to. They are between native frames where no evaluation loop is.
/// </summary>
internal sealed class ThrownThrough
{
    private readonly Queue<(int Before, PythonFrame Frame)> _frames = new();

    private ThrownThrough()
    {
    }

    /// <summary>How many they are: the innermost frames of the outer group.</summary>
    public int Count { get; private init; }

    /// <summary>Finds them between two loops.</summary>
    /// <param name="first">The native frame after the outer group's loop.</param>
    /// <param name="end">The inner group's loop.</param>
    public static ThrownThrough Find(IReadOnlyList<MergePart> parts, in EntryGroup outer, in EntryGroup inner, List<NativeFrame> native, int first, int end)
    {
        List<int> throws = [];
        for (int i = first + 1; i < end; i++)
        {
            if (IsThrow(native[i - 1]) && IsThrow(native[i]))
            {
                throws.Add(i);
            }
        }

        if (outer.Part != inner.Part)
        {
            return new ThrownThrough();
        }

        List<PythonFrame> frames = parts[outer.Part].Frames;
        int last = outer.First + outer.Count - 1;
        int linked = 0;
        while (linked < outer.Count - 1 && frames[last - linked].IsLinked)
        {
            linked++;
        }

        // From 3.12 on nothing in the frame shows it: each call of the function has a frame of its own.
        bool areNamed = linked == 0 && throws.Count > 0 && throws.Count < outer.Count && parts[inner.Part].Frames[inner.First].IsGenerator;
        for (int i = 0; areNamed && i < throws.Count; i++)
        {
            areNamed = frames[last - i].IsGenerator;
        }

        int count = areNamed ? throws.Count : linked;
        ThrownThrough thrown = new() { Count = count };
        for (int i = 0; i < count; i++)
        {
            thrown._frames.Enqueue((throws.Count == count ? throws[i] : end, frames[last - count + 1 + i]));
        }

        return thrown;
    }

    /// <summary>Adds those that are outside a native frame and were not added yet.</summary>
    public void AddBefore(int index, List<MergedFrame> into)
    {
        while (_frames.TryPeek(out (int Before, PythonFrame Frame) next) && next.Before <= index)
        {
            PythonFrame frame = _frames.Dequeue().Frame;
            if (!frame.IsHidden)
            {
                into.Add(MergedFrame.Of(frame));
            }
        }
    }

    private static bool IsThrow(in NativeFrame frame) => FunctionName.WithoutSuffix(frame.LinkageName ?? frame.Function) is "_gen_throw";
}
