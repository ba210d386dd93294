using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Frames;

/// <content>Stacks that do not begin at a thread state which was read before.</content>
internal sealed partial class FrameWalker
{
    private readonly GeneratorReader _generators = new(layout);
    private readonly byte[] _thread = new byte[layout.Thread.Size];

    /// <summary>What is inside of an object that a generator awaits and that is none itself, such as a wrapper that was written in Python; 0 for nothing.</summary>
    public Func<ulong, ulong>? Unwrap { get; init; }

    /// <summary>Adds the frames of a root, innermost first.</summary>
    public RawStack Walk(IMemorySource memory, StackRoot root, RawCapture capture)
    {
        int first = capture.Frames.Count;
        if (root.IsGenerator)
        {
            return WalkInwards(memory, root, capture);
        }

        ChainEnd end = root.Kind == StackRootKind.Frame ? Follow(memory, root.Address, outside: null, capture, out _, out _)
            : memory.TryRead(root.Address, _thread) ? Walk(memory, root.Address, _thread, capture)
            : ChainEnd.Unreadable;
        return new RawStack(root, first, capture.Frames.Count - first, end);
    }

    // A suspended generator's frame has no link to a caller: it is linked to what it awaits, from the outside to the inside.
    private RawStack WalkInwards(IMemorySource memory, StackRoot root, RawCapture capture)
    {
        int first = capture.Frames.Count;
        CycleGuard guard = default;
        ulong address = root.Address;
        ChainEnd end = ChainEnd.Complete;
        GeneratorState rootState = GeneratorState.Unknown;
        ulong awaits = 0;
        for (int depth = 0; address != 0; depth++)
        {
            if (!guard.TryStep(address))
            {
                end = ChainEnd.Cycle;
                break;
            }

            if (depth >= limits.FramesPerThread || capture.Steps++ >= limits.FramesInAll)
            {
                end = ChainEnd.Limit;
                break;
            }

            if (_generators.TryUnwrap(memory, address, out ulong inside))
            {
                address = inside;
                continue;
            }

            if (!_generators.TryRead(memory, address, out RawGenerator generator))
            {
                if (Unwrap?.Invoke(address) is ulong wrapped and not 0)
                {
                    address = wrapped;
                    continue;
                }

                // The root must be one. What is awaited need not: a future, or an object with an __await__ in C.
                end = depth == 0 ? ChainEnd.Unreadable : ChainEnd.Complete;
                awaits = depth == 0 ? 0 : address;
                break;
            }

            if (depth == 0)
            {
                root = root with { Kind = generator.Kind };
                rootState = generator.State;
            }

            if (generator.Frame != 0)
            {
                if (!memory.TryRead(generator.Frame, _frame))
                {
                    end = ChainEnd.Unreadable;
                    break;
                }

                capture.Frames.Add(ReadFrame(memory, generator.Frame) with { IsGenerator = true, IsSuspended = false });
            }

            address = generator.Awaited;
        }

        Reverse(capture.Frames, first);
        return new RawStack(root, first, capture.Frames.Count - first, end) { State = rootState, Awaits = awaits };
    }

    private static void Reverse(FrameList frames, int first)
    {
        for (int left = first, right = frames.Count - 1; left < right; left++, right--)
        {
            (frames[left], frames[right]) = (frames[right], frames[left]);
        }
    }
}
