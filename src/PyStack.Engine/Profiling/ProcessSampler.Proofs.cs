using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling.Tasks;

namespace PyStack.Engine.Profiling;

/// <summary>When samples are believed: after their calls and code objects were proved.</summary>
internal sealed partial class ProcessSampler
{
    /// <summary>Two reads of a stack whose code objects may not stay are so far apart at the most, and longer by so much for each frame.</summary>
    private static readonly long Longest = Stopwatch.Frequency / 4_000;
    private static readonly long LongestFrame = Stopwatch.Frequency / 250_000;

    private void Prove(int stack, SampledThread thread)
    {
        if (Table.IsProved(stack))
        {
            return;
        }

        ThreadSampler sampler = thread.Sampler;
        TaskSampler? tasks = thread.Tasks?.Task is null ? null : thread.Tasks;
        if (tasks is not null)
        {
            Links.Accept(tasks.Frames[tasks.Place..]);
        }

        if (Links.CountProved(Table.FramesOf(stack)) == Table.FramesOf(stack).Length)
        {
            Table.SetProved(stack);
        }
        else if (tasks is null ? Table.FramesOf(stack).SequenceEqual(sampler.Frames) : Table.FramesOf(stack).SequenceEqual(tasks.Frames) && tasks.IsLast)
        {
            Links.Prove(sampler);
        }
    }

    // Of code objects that may not stay it has to be proved that they are what was decoded: they are so between two reads of the same frames. The innermost frames from the first on of which it is not are replaced. What came of it if the stack could not be read again.
    private SampleOutcome? ReplaceUncertain(ThreadSampler sampler, SampledCode codes, long? begun)
    {
        _againCount = sampler.Depth;
        if (_again.Length < _againCount)
        {
            (_again, _addresses) = (new SampledFrame[_againCount * 2], new ulong[_againCount * 2]);
        }

        sampler.Frames.CopyTo(_again);
        sampler.Addresses.CopyTo(_addresses);
        int first = 0;
        codes.BeginStack();
        for (int i = _againCount - 1; i >= 0 && first == 0; i--)
        {
            if (!codes.IsConfirmed(_again[i]) && !codes.IsSame(_again[i]))
            {
                (first, _checkAt) = (i + 1, 0);
            }
        }

        // Nothing of a stack is known that cannot be read a second time, nor after a time in which the program may have made the same calls once more. Who a task is may take longer than that.
        SampleOutcome outcome = sampler.Read();
        if (begun is long start && Stopwatch.GetTimestamp() - start > Longest + (LongestFrame * _againCount))
        {
            return SampleOutcome.Torn;
        }

        if (outcome != SampleOutcome.Read)
        {
            return outcome == SampleOutcome.Empty ? SampleOutcome.Torn : outcome;
        }

        int shift = sampler.Depth - _againCount;
        for (int i = _againCount - 1; i >= first; i--)
        {
            bool isThere = i + shift >= 0 && sampler.Addresses[i + shift] == _addresses[i] && sampler.Frames[i + shift].Code == _again[i].Code;
            if (!isThere)
            {
                // From here on all may have ended between the two reads.
                while (i >= first && codes.IsConfirmed(_again[i]))
                {
                    i--;
                }

                first = Math.Max(first, i + 1);
                break;
            }
        }

        if (first > 0)
        {
            Array.Copy(_again, first, _again, 1, _againCount - first);
            _again[0] = SampledFrame.ShortCalls;
            _againCount -= first - 1;
        }

        return null;
    }

    // Counts the samples since the last time, if the code objects of their stacks are still those that were decoded.
    private void Check(long now)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (SampledCode codes in _codes)
        {
            codes.BeginCheck();
        }

        foreach (int stack in Table.Pending)
        {
            if (!CodesOfStack(stack).Check(Table.FramesOf(stack)))
            {
                Torn += Table.Drop(stack);
            }
        }

        Table.Settle();
        for (int runtime = 0; runtime < _codes.Length; runtime++)
        {
            if (_codes[runtime].Changed.Count > 0)
            {
                CloseStacksWith(runtime);
            }
        }

        _checkAt = now == long.MaxValue ? now : now + Math.Max(CheckEvery, (Stopwatch.GetTimestamp() - start) * Seldom);
    }

    private void CloseStacksWith(int runtime)
    {
        SampledCode codes = _codes[runtime];
        HashSet<ulong> changed = new(codes.Changed.Select(one => one.Address), AddressHash.Comparer);
        for (int stack = 0; stack < Table.Count; stack++)
        {
            if (Table.IsClosed(stack) || _all[SampleGroup.ThreadOf(Table.GroupOf(stack))].Runtime != runtime)
            {
                continue;
            }

            ReadOnlySpan<SampledFrame> frames = Table.FramesOf(stack);
            foreach (SampledFrame frame in frames)
            {
                if (changed.Contains(frame.Code))
                {
                    Table.Close(stack);
                    if (Table.CountOf(stack) > 0)
                    {
                        _closed.Add(stack, new ClosedStack(codes.EntriesOf(frames), Links.CountProved(frames)));
                    }

                    break;
                }
            }
        }

        codes.ForgetChanged();
        Links.Forget(changed);
        foreach (SampledThread thread in _living)
        {
            thread.SleepsIn = SampledThread.Unknown;
        }
    }

    private SampledCode CodesOfStack(int stack) => _codes[_all[SampleGroup.ThreadOf(Table.GroupOf(stack))].Runtime];
}
