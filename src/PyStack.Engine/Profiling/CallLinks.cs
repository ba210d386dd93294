using System;
using System.Collections.Generic;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Which calls are known to be real: a caller's code object, its running instruction, and the code object that it called. A call is believed once the two frames were at the same place in three reads in a row, and
/// the same in both copies of each. A chance meeting of an old caller and a new callee is not, so that it is not counted as a stack: of a sample with a call that was never proved, only what is outside of it counts.
/// </summary>
internal sealed class CallLinks
{
    private const int Repetitions = 2;

    /// <summary>Real programs have some thousands.</summary>
    private const int MaxLinks = 1 << 20;

    private readonly HashSet<(ulong Caller, ulong Instruction, ulong Callee)> _proved = [];
    private SampledFrame[] _frames = new SampledFrame[64];
    private ulong[] _addresses = new ulong[64];

    /// <summary>How many are known.</summary>
    public int Count => _proved.Count;

    /// <summary>How many frames of a stack are proved, counted from the outermost one.</summary>
    /// <param name="frames">Innermost first.</param>
    public int CountProved(ReadOnlySpan<SampledFrame> frames)
    {
        for (int i = frames.Length - 1; i > 0; i--)
        {
            if (!frames[i].IsPlaceholder && !frames[i - 1].IsPlaceholder && !_proved.Contains((frames[i].Code, frames[i].Instruction, frames[i - 1].Code)))
            {
                return frames.Length - i;
            }
        }

        return frames.Length;
    }

    /// <summary>Takes the calls of frames as proved: those of suspended coroutines, which are no calls, and that one task awaits another one.</summary>
    public void Accept(ReadOnlySpan<SampledFrame> frames)
    {
        for (int i = frames.Length - 1; i > 0 && _proved.Count < MaxLinks; i--)
        {
            _proved.Add((frames[i].Code, frames[i].Instruction, frames[i - 1].Code));
        }
    }

    /// <summary>Reads the stack again, to prove its calls.</summary>
    public void Prove(ThreadSampler sampler)
    {
        int depth = sampler.Depth;
        if (_frames.Length < depth)
        {
            Array.Resize(ref _frames, Math.Max(depth, _frames.Length * 2));
            Array.Resize(ref _addresses, _frames.Length);
        }

        sampler.Frames.CopyTo(_frames);
        sampler.Addresses.CopyTo(_addresses);
        int first = sampler.Loose;
        for (int i = 0; i < Repetitions && depth - first > 1; i++)
        {
            if (sampler.Read() != SampleOutcome.Read)
            {
                return;
            }

            first = FirstSame(sampler, depth, first);
        }

        for (int i = depth - 1; i > first && _proved.Count < MaxLinks; i--)
        {
            if (!_frames[i].IsPlaceholder && !_frames[i - 1].IsPlaceholder)
            {
                _proved.Add((_frames[i].Code, _frames[i].Instruction, _frames[i - 1].Code));
            }
        }
    }

    /// <summary>Forgets the calls of code objects whose addresses have become those of others.</summary>
    public void Forget(HashSet<ulong> codes) => _proved.RemoveWhere(link => codes.Contains(link.Caller) || codes.Contains(link.Callee));

    // From the outermost frame inwards: the last one that is still there. It may be at another instruction itself.
    private int FirstSame(ThreadSampler sampler, int depth, int first)
    {
        ReadOnlySpan<SampledFrame> now = sampler.Frames;
        ReadOnlySpan<ulong> addresses = sampler.Addresses;
        int shift = now.Length - depth;
        int same = depth;
        for (int i = depth - 1; i >= first && i + shift >= sampler.Loose; i--)
        {
            if (addresses[i + shift] != _addresses[i] || now[i + shift].Code != _frames[i].Code)
            {
                break;
            }

            same = i;
            if (now[i + shift].Instruction != _frames[i].Instruction)
            {
                break;
            }
        }

        return same;
    }
}
