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
