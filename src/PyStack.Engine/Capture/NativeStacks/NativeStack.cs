using System;
using System.Collections.Generic;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>The native frames of one OS thread.</summary>
/// <param name="Frames">Outermost first.</param>
/// <param name="End">Why the walk ended at the outermost of them.</param>
/// <param name="Moment">The moment that they are from.</param>
internal sealed record NativeStack(List<NativeFrame> Frames, UnwindEnd End, NativeMoment Moment)
{
    /// <summary>Whether they are from one moment, which is that of the Python frames as well.</summary>
    public bool IsCoherent => Moment == NativeMoment.SameAsPython;

    /// <summary>How many frames were found by a search of the stack.</summary>
    public int Guessed
    {
        get
        {
            int count = 0;
            int last = -1;
            foreach (NativeFrame frame in Frames)
            {
                count += frame.Source == FrameSource.Scan && frame.Physical != last ? 1 : 0;
                last = frame.Physical;
            }

            return count;
        }
    }

    /// <summary>Whether a function of one of these names is on the stack, inlined ones included.</summary>
    public bool Holds(ReadOnlySpan<string> names)
    {
        foreach (NativeFrame frame in Frames)
        {
            ReadOnlySpan<char> name = FunctionName.WithoutSuffix(frame.LinkageName ?? frame.Function);
            foreach (string wanted in names)
            {
                if (name.SequenceEqual(wanted))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
