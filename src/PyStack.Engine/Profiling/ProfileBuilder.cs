using System;
using System.Collections.Generic;
using System.Linq;

namespace PyStack.Engine.Profiling;

/// <summary>Makes the public profile of one process: stacks with the same lines become one, and functions get their sums.</summary>
internal sealed class ProfileBuilder(ProcessSampler sampler)
{
    private readonly Dictionary<(int Runtime, SampledFrame Frame), PyProfileFrame?> _decoded = [];
    private readonly Dictionary<(string?, string?, int?, string?), PyProfileFrame> _shared = [];

    /// <summary>Samples that have <c>&lt;short calls&gt;</c> in place of their inner frames.</summary>
    public long Short { get; private set; }

    public PyProfileStack[] Build()
    {
        Dictionary<Key, long> counts = [];
        for (int i = 0; i < sampler.Table.Count; i++)
        {
            long count = sampler.Table.CountOf(i);
            if (count == 0)
            {
                continue;
            }

            PyProfileFrameList frames = FramesOf(i, out bool isShort);
            Short += isShort ? count : 0;
            Key key = new(sampler.Table.GroupOf(i), frames);
            counts[key] = counts.GetValueOrDefault(key) + count;
        }

        long all = counts.Values.Sum();
        return [.. from one in counts
                   orderby one.Value descending
                   let thread = sampler.Threads[SampleGroup.ThreadOf(one.Key.Group)]
                   select new PyProfileStack
                   {
                       Count = one.Value,
                       Share = (double)one.Value / all,
                       ThreadId = thread.ThreadId,
                       ThreadName = thread.Name,
                       IsIdle = SampleGroup.IsIdle(one.Key.Group),
                       HasGil = SampleGroup.HasGil(one.Key.Group),
                       IsCollectingGarbage = SampleGroup.IsCollecting(one.Key.Group),
                       Frames = one.Key.Frames,
                   }];
    }

    /// <summary>The functions of some stacks, those with the most samples of their own first.</summary>
    public static PyProfileFunction[] Functions(int processId, IReadOnlyList<PyProfileStack> stacks)
    {
        Dictionary<(PyFrameKind, string?, string?, string?), (PyProfileFrame Frame, long Self, long Total)> sums = [];
        HashSet<(PyFrameKind, string?, string?, string?)> seen = [];
        long all = 0;
        foreach (PyProfileStack stack in stacks)
        {
            all += stack.Count;
            seen.Clear();
            for (int i = 0; i < stack.Frames.Count; i++)
            {
                PyProfileFrame frame = stack.Frames[i];
                (PyFrameKind, string?, string?, string?) key = (frame.Kind, frame.QualifiedName ?? frame.Function, frame.File, frame.Library);
                (PyProfileFrame Frame, long Self, long Total) sum = sums.TryGetValue(key, out (PyProfileFrame, long, long) known) ? known : (frame, 0, 0);
                sums[key] = (sum.Frame, sum.Self + (i == stack.Frames.Count - 1 ? stack.Count : 0), sum.Total + (seen.Add(key) ? stack.Count : 0));
            }
        }

        return [.. from sum in sums.Values
                   orderby sum.Self descending, sum.Total descending, sum.Frame.Function, sum.Frame.File
                   select new PyProfileFunction
                   {
                       ProcessId = processId,
                       Kind = sum.Frame.Kind,
                       Function = sum.Frame.Function,
                       QualifiedName = sum.Frame.QualifiedName,
                       File = sum.Frame.File,
                       Library = sum.Frame.Library,
                       Self = sum.Self,
                       Total = sum.Total,
                       SelfShare = (double)sum.Self / all,
                       TotalShare = (double)sum.Total / all,
                   }];
    }

    private PyProfileFrameList FramesOf(int stack, out bool isShort)
    {
        ReadOnlySpan<SampledFrame> frames = sampler.Table.FramesOf(stack);
        long group = sampler.Table.GroupOf(stack);
        int runtime = sampler.Threads[SampleGroup.ThreadOf(group)].Runtime;
        ClosedStack? closed = sampler.ClosedOf(stack);
        int proved = closed?.Proved ?? sampler.Links.CountProved(frames);
        List<PyProfileFrame> shown = new(frames.Length);
        isShort = proved < frames.Length || frames[0] == SampledFrame.ShortCalls;
        for (int i = frames.Length - 1; i >= frames.Length - proved; i--)
        {
            if ((closed is null ? Decode(runtime, frames[i]) : Share(sampler.CodesOf(runtime).Decode(frames[i], closed.Codes[i]))) is PyProfileFrame frame)
            {
                shown.Add(frame);
            }
        }

        if (proved < frames.Length)
        {
            shown.Add(PlaceholderFrames.Short);
        }

        if (SampleGroup.IsCollecting(group))
        {
            shown.Add(PlaceholderFrames.Collecting);
        }

        return new PyProfileFrameList(shown);
    }

    private PyProfileFrame? Decode(int runtime, SampledFrame sampled)
    {
        if (!_decoded.TryGetValue((runtime, sampled), out PyProfileFrame? frame))
        {
            frame = Share(sampler.CodesOf(runtime).Decode(sampled));
            _decoded.Add((runtime, sampled), frame);
        }

        return frame;
    }

    private PyProfileFrame? Share(PyProfileFrame? frame)
        => frame is null ? null
            : _shared.TryGetValue((frame.Function, frame.File, frame.Line, frame.QualifiedName), out PyProfileFrame? known) ? known
            : _shared[(frame.Function, frame.File, frame.Line, frame.QualifiedName)] = frame;

    /// <summary>Equal for samples that are shown as one: the frames are shared, so that they are compared by reference.</summary>
    private readonly record struct Key(long Group, PyProfileFrameList Frames)
    {
        public bool Equals(Key other) => Group == other.Group && Frames.SequenceEqual(other.Frames);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(Group);
            foreach (PyProfileFrame frame in Frames)
            {
                hash.Add(frame);
            }

            return hash.ToHashCode();
        }
    }
}
