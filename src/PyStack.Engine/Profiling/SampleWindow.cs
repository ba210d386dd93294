using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace PyStack.Engine.Profiling;

/// <summary>The samples of the last seconds, as sums for each function. It is told of a sampler's counts again and again, and keeps what was added since the time before.</summary>
/// <param name="length">For how long samples count, in ticks of the clock; those of the last interval always do.</param>
internal sealed class SampleWindow(long length)
{
    private readonly Queue<Slice> _slices = new();
    private readonly Dictionary<FunctionName, FunctionName> _names = [];
    private ProcessSampler? _sampler;
    private StackFunctions?[] _stacks = [];
    private long[] _counts = [];
    private long _torn;

    /// <summary>The whole time of the samples that count, in seconds.</summary>
    public double Seconds => (double)_slices.Sum(slice => slice.End - slice.Begin) / Stopwatch.Frequency;

    /// <summary>Samples that could not be used.</summary>
    public long Torn => _slices.Sum(slice => slice.Torn);

    /// <summary>In how many of a number of samples the GIL was held in the last interval, 0 to 1; null where there is none.</summary>
    public double? GilShare { get; private set; }

    /// <summary>Takes over what a sampler has counted since the last time.</summary>
    /// <param name="begin">When the interval began, in ticks.</param>
    /// <param name="end">When it ended.</param>
    /// <param name="rounds">How often all threads were sampled in it.</param>
    public void Add(ProcessSampler sampler, long begin, long end, long rounds)
    {
        if (sampler != _sampler)
        {
            (_sampler, _stacks, _counts, _torn) = (sampler, [], [], 0);
            _names.Clear();
        }

        Slice slice = new() { Begin = begin, End = end };
        int count = sampler.Table.Count;
        if (_counts.Length < count)
        {
            Array.Resize(ref _counts, Math.Max(count, _counts.Length * 2));
            Array.Resize(ref _stacks, _counts.Length);
        }

        long withGil = 0;
        long withKnownGil = 0;
        for (int stack = 0; stack < count; stack++)
        {
            long all = sampler.Table.CountOf(stack);
            long added = all - _counts[stack];
            if (added == 0)
            {
                continue;
            }

            _counts[stack] = all;
            bool? hasGil = SampleGroup.HasGil(sampler.Table.GroupOf(stack));
            withGil += hasGil == true ? added : 0;
            withKnownGil += hasGil is null ? 0 : added;
            slice.Add(_stacks[stack] = FunctionsOf(sampler, stack, _stacks[stack]), added, SampleGroup.IsIdle(sampler.Table.GroupOf(stack)), hasGil == true);
        }

        // While a stack changes its thread runs Python, and so it has the GIL.
        long torn = sampler.Torn - _torn;
        GilShare = withKnownGil == 0 || rounds == 0 ? null : Math.Min(1, (double)(withGil + torn) / rounds);
        slice.Torn += torn;
        _torn = sampler.Torn;
        _slices.Enqueue(slice);
        while (_slices.Count > 1 && _slices.Peek().End < end - length)
        {
            _ = _slices.Dequeue();
        }
    }

    /// <summary>The functions of the samples that count, those with the most samples of their own first.</summary>
    /// <param name="samples">How many samples that are.</param>
    public PyProfileFunction[] Functions(int processId, PyProfileMode mode, out long samples)
    {
        Dictionary<FunctionName, FunctionCounts> sums = [];
        long all = 0;
        foreach (Slice slice in _slices)
        {
            all += slice.Samples[(int)mode];
            foreach ((FunctionName name, FunctionCounts counts) in slice.Functions)
            {
                if (counts.Total[(int)mode] > 0)
                {
                    FunctionCounts sum = sums.TryGetValue(name, out FunctionCounts? known) ? known : sums[name] = new FunctionCounts();
                    sum.Self[(int)mode] += counts.Self[(int)mode];
                    sum.Total[(int)mode] += counts.Total[(int)mode];
                }
            }
        }

        samples = all;
        return [.. from one in sums
                   let self = one.Value.Self[(int)mode]
                   let total = one.Value.Total[(int)mode]
                   orderby self descending, total descending, one.Key.Function, one.Key.File
                   select new PyProfileFunction
                   {
                       ProcessId = processId,
                       Kind = one.Key.Kind,
                       Function = one.Key.Function,
                       QualifiedName = one.Key.QualifiedName,
                       File = one.Key.File,
                       Self = self,
                       Total = total,
                       SelfShare = (double)self / all,
                       TotalShare = (double)total / all,
                   }];
    }

    // With what the profile has in place of calls that are not proved (ProfileBuilder), which may be proved later.
    private StackFunctions FunctionsOf(ProcessSampler sampler, int stack, StackFunctions? known)
    {
        ReadOnlySpan<SampledFrame> frames = sampler.Table.FramesOf(stack);
        ClosedStack? closed = sampler.ClosedOf(stack);
        int proved = sampler.Table.IsProved(stack) ? frames.Length : closed?.Proved ?? sampler.Links.CountProved(frames);
        if (known?.Proved == proved)
        {
            return known;
        }

        long group = sampler.Table.GroupOf(stack);
        SampledCode codes = sampler.CodesOf(sampler.Threads[SampleGroup.ThreadOf(group)].Runtime);
        List<FunctionName> distinct = [];
        HashSet<FunctionName> seen = new(ReferenceEqualityComparer.Instance);
        Add(SampleGroup.IsCollecting(group) ? PlaceholderFrames.Collecting : null);
        Add(proved < frames.Length ? PlaceholderFrames.Short : null);
        for (int i = frames.Length - proved; i < frames.Length; i++)
        {
            Add(closed is null ? codes.Decode(frames[i]) : codes.Decode(frames[i], closed.Codes[i]));
        }

        return new StackFunctions(proved, [.. distinct]);

        void Add(PyProfileFrame? frame)
        {
            if (frame is not null)
            {
                FunctionName name = new(frame.Kind, frame.Function, frame.QualifiedName, frame.File);
                name = _names.TryGetValue(name, out FunctionName? same) ? same : _names[name] = name;
                if (seen.Add(name))
                {
                    distinct.Add(name);
                }
            }
        }
    }

    private sealed record FunctionName(PyFrameKind Kind, string? Function, string? QualifiedName, string? File);

    /// <param name="Proved">How many of its frames are proved, counted from the outermost one.</param>
    /// <param name="Distinct">Each function of a stack once, the innermost first.</param>
    private sealed record StackFunctions(int Proved, FunctionName[] Distinct);

    /// <summary>Samples of a function, by <see cref="PyProfileMode"/>.</summary>
    private sealed class FunctionCounts
    {
        public long[] Self { get; } = new long[3];

        public long[] Total { get; } = new long[3];
    }

    /// <summary>What was counted in one interval.</summary>
    private sealed class Slice
    {
        public long Begin { get; init; }

        public long End { get; init; }

        public long Torn { get; set; }

        /// <summary>By <see cref="PyProfileMode"/>.</summary>
        public long[] Samples { get; } = new long[3];

        public Dictionary<FunctionName, FunctionCounts> Functions { get; } = new(ReferenceEqualityComparer.Instance);

        public void Add(StackFunctions stack, long count, bool isIdle, bool hasGil)
        {
            Add(stack, count, PyProfileMode.Wall);
            if (!isIdle)
            {
                Add(stack, count, PyProfileMode.Cpu);
            }

            if (hasGil)
            {
                Add(stack, count, PyProfileMode.Gil);
            }
        }

        private void Add(StackFunctions stack, long count, PyProfileMode mode)
        {
            Samples[(int)mode] += count;
            for (int i = 0; i < stack.Distinct.Length; i++)
            {
                FunctionName name = stack.Distinct[i];
                FunctionCounts counts = Functions.TryGetValue(name, out FunctionCounts? known) ? known : Functions[name] = new FunctionCounts();
                counts.Total[(int)mode] += count;
                counts.Self[(int)mode] += i == 0 ? count : 0;
            }
        }
    }
}
