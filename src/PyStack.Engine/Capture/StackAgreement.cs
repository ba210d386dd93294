using System;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Capture;

/// <summary>Which part of one thread's stack was the same in several walks of a running process.</summary>
/// <param name="IsWhole">All frames were.</param>
/// <param name="OuterFrames">How many frames, counted from the outermost, were.</param>
internal readonly record struct StackAgreement(bool IsWhole, int OuterFrames)
{
    /// <summary>All of it, at the start.</summary>
    public static StackAgreement Start(in RawThread thread) => thread.End is ChainEnd.Complete or ChainEnd.Limit ? new(true, thread.FrameCount) : default;

    /// <summary>The part that still agrees after another walk.</summary>
    public StackAgreement With(StackAgreement other)
        => new(IsWhole && other.IsWhole, Math.Min(OuterFrames, other.OuterFrames));

    /// <summary>
    /// Compares two walks from the outermost frame inwards. A frame is the same if it runs the same code at the same
    /// instruction. The innermost of those that agree may be anywhere in its code: its caller is certain all the same.
    /// </summary>
    public static StackAgreement Of(RawCapture left, in RawThread leftThread, RawCapture right, in RawThread rightThread)
    {
        // Only whole chains can be counted from their outer end, and a thread state may be reused by another thread. In two that were cut
        // at the limit all frames must be the same.
        bool isCut = leftThread.End == ChainEnd.Limit;
        if (leftThread.End is not (ChainEnd.Complete or ChainEnd.Limit)
            || rightThread.End != leftThread.End
            || leftThread.PthreadId != rightThread.PthreadId
            || leftThread.NativeId != rightThread.NativeId)
        {
            return default;
        }

        int common = Math.Min(leftThread.FrameCount, rightThread.FrameCount);
        int outer = 0;
        while (outer < common)
        {
            RawFrame a = left.Frames[leftThread.FirstFrame + leftThread.FrameCount - 1 - outer];
            RawFrame b = right.Frames[rightThread.FirstFrame + rightThread.FrameCount - 1 - outer];
            if (a.Address != b.Address || a.Code != b.Code)
            {
                break;
            }

            outer++;
            if (a.Instruction != b.Instruction)
            {
                break;
            }
        }

        bool isWhole = outer == leftThread.FrameCount && outer == rightThread.FrameCount;
        return isWhole || !isCut ? new StackAgreement(isWhole, outer) : default;
    }
}
