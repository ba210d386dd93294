using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Profiling.Native;

/// <summary>Makes the stacks of a profile of pairs of Python and native stacks: each pair is merged and named once.</summary>
internal sealed class NativeProfile(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, Limits limits)
{
    private readonly CodeReader[] _readers = [.. runtimes.Select(runtime => new CodeReader(process.Memory, runtime.Layout, limits, new CodeCache(limits.DecodedBytes)))];
    private readonly Dictionary<ulong, CodeObject?>[] _codes = [.. runtimes.Select(_ => new Dictionary<ulong, CodeObject?>(AddressHash.Comparer))];
    private readonly Dictionary<string, long> _failures = [];
    private long _samples;

    /// <summary>Decodes the code objects of a stack that are new: the program may free them.</summary>
    public void Note(int runtime, FrameList frames)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            if (!_codes[runtime].ContainsKey(frames[i].Code))
            {
                _codes[runtime].Add(frames[i].Code, _readers[runtime].Read(frames[i].Code));
            }
        }
    }

    /// <summary>The stacks with their frames, outermost first.</summary>
    /// <param name="runtimeOf">The CPython of a group's thread.</param>
    /// <param name="share">Makes equal frames one object.</param>
    public IEnumerable<(long Group, PyProfileFrameList Frames, long Count)> Build(NativeStackTable table, NativeCode code, Func<long, int> runtimeOf, Func<PyProfileFrame, PyProfileFrame> share)
    {
        table.Stacks.Settle();
        StackMerger merger = new(new LoopOwners(runtimes), lastOnly: false);
        for (int i = 0; i < table.Stacks.Count; i++)
        {
            long count = table.Stacks.CountOf(i);
            if (count == 0)
            {
                continue;
            }

            if (table.IsOther(i))
            {
                yield return (table.Stacks.GroupOf(i), [PlaceholderFrames.Of(SampledFrame.OtherStacks)], count);
                continue;
            }

            int runtime = runtimeOf(table.Stacks.GroupOf(i));
            List<PythonFrame> python = Decode(runtime, table.PythonOf(i));
            MergeOutcome outcome = merger.Merge([new MergePart(python, IsOuterEndKnown: true, runtime)], code.Name(table.DetailOf(i)));
            List<MergedFrame> merged = outcome.IsMerged ? outcome.Parts[0] : NativeMerge.PythonOnly(python);
            _samples += count;
            if (outcome.Failure is string failure)
            {
                _failures[failure] = _failures.GetValueOrDefault(failure) + count;
            }

            yield return (table.Stacks.GroupOf(i), new PyProfileFrameList(merged.Select(frame => share(Show(frame)))), count);
        }
    }

    /// <summary>What has to be known about the stacks that were built.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach ((string failure, long count) in _failures.OrderByDescending(one => one.Value))
        {
            yield return FormattableString.Invariant($"{100.0 * count / _samples:0.##} % of the samples with native stacks show their Python frames only: {failure}.");
        }
    }

    // Innermost first to outermost first.
    private List<PythonFrame> Decode(int runtime, List<RawFrame> raw)
    {
        List<PythonFrame> frames = new(raw.Count);
        for (int i = 0; i < raw.Count; i++)
        {
            RawFrame frame = raw[i];
            if (_codes[runtime].GetValueOrDefault(frame.Code) is not CodeObject code)
            {
                continue;
            }

            bool isHidden = runtimes[runtime].Layout.Code.FirstTraceable is not null && !frame.IsGenerator && frame.Instruction < code.FirstTraceable;
            frames.Add(new PythonFrame(code, isHidden ? default : code.PositionOf(frame.Instruction), frame.IsEntry, isHidden, frame.Anchor)
            {
                IsGenerator = frame.IsGenerator,
                Instruction = frame.Instruction,
                IsLinked = frame.IsSuspended && (i == 0 || raw[i - 1].IsGenerator),
            });
        }

        frames.Reverse();
        return frames;
    }

    private static PyProfileFrame Show(in MergedFrame frame)
        => frame.IsNative
            ? new PyProfileFrame { Kind = PyFrameKind.Native, Function = frame.Native.Function, File = frame.Native.File, Line = frame.Native.Line > 0 ? frame.Native.Line : null, Library = frame.Native.Library }
            : new PyProfileFrame
            {
                Kind = PyFrameKind.Python,
                Function = frame.Python.Code.Name,
                QualifiedName = frame.Python.Code.QualifiedName,
                File = frame.Python.Code.FileName,
                Line = frame.Python.Position.Line,
            };
}
