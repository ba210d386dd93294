using System;
using System.Collections.Generic;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// Counts pairs of a Python and a native stack. They are merged and named at the end, each pair once; what that needs in addition is kept with the first sample of a pair: where the frames are on the stack.
/// </summary>
internal sealed class NativeStackTable
{
    /// <summary>A native frame takes 48 bytes, a Python frame 24.</summary>
    private const int MaxPairs = 100_000;
    private const int MaxFrames = 2_000_000;

    private const ulong EntryFlag = 1;
    private const ulong GeneratorFlag = 2;
    private const ulong SuspendedFlag = 4;
    private const ulong Flags = 7;

    /// <summary>Instead of a code object, which is never at such an address: what follows is native.</summary>
    private const ulong Divider = 8;
    private const ulong ReturnAddress = 16;
    private const ulong Instruction = 24;

    private readonly List<NativeDetail> _details = [];
    private readonly HashSet<int> _others = [];
    private SampledFrame[] _key = new SampledFrame[256];

    public StackTable Stacks { get; } = new(MaxPairs, MaxFrames);

    /// <summary>What is kept of a pair.</summary>
    public NativeDetail DetailOf(int index) => _details[index];

    /// <summary>Finds a pair, or adds it.</summary>
    /// <param name="python">Innermost first.</param>
    /// <param name="native">Innermost first.</param>
    /// <param name="innermost">The address that stands for the innermost native frame: one of the same line.</param>
    /// <param name="end">Why there are no more native frames.</param>
    /// <param name="map">Which of the maps of the target's code is right for the addresses.</param>
    /// <param name="isNew">Whether it was not there.</param>
    public int Find(FrameList python, ReadOnlySpan<UnwoundFrame> native, ulong innermost, UnwindEnd end, int map, long group, out bool isNew)
    {
        int length = python.Count + native.Length + 1;
        if (_key.Length < length)
        {
            _key = new SampledFrame[Math.Max(length, _key.Length * 2)];
        }

        int at = 0;
        for (int i = 0; i < python.Count; i++)
        {
            RawFrame frame = python[i];
            ulong flags = (frame.IsEntry ? EntryFlag : 0) | (frame.IsGenerator ? GeneratorFlag : 0) | (frame.IsSuspended ? SuspendedFlag : 0);
            _key[at++] = new SampledFrame(frame.Code | flags, (ulong)frame.Instruction);
        }

        _key[at++] = new SampledFrame(Divider, ((ulong)map << 8) | (ulong)end);
        for (int i = 0; i < native.Length; i++)
        {
            _key[at++] = new SampledFrame(native[i].IsReturnAddress ? ReturnAddress : Instruction, i == 0 ? innermost : native[i].InstructionPointer);
        }

        int index = Stacks.Find(_key.AsSpan(0, length), group, out isNew);
        if (index < 0)
        {
            index = Stacks.Find([SampledFrame.OtherStacks], group, out bool isFirst, isAlways: true);
            _ = isFirst ? _others.Add(index) : false;
            _details.AddRange(isFirst ? [new NativeDetail([], [], end, map)] : []);
        }
        else if (isNew)
        {
            ulong[] anchors = new ulong[python.Count];
            for (int i = 0; i < anchors.Length; i++)
            {
                anchors[i] = python[i].Anchor;
            }

            _details.Add(new NativeDetail(native.ToArray(), anchors, end, map));
        }

        return index;
    }

    /// <summary>Whether it is in place of the pairs for which there was no room.</summary>
    public bool IsOther(int index) => _others.Contains(index);

    /// <summary>The Python frames of a pair, innermost first.</summary>
    public List<RawFrame> PythonOf(int index)
    {
        List<RawFrame> frames = [];
        foreach (SampledFrame frame in Stacks.FramesOf(index))
        {
            if (frame.Code == Divider)
            {
                break;
            }

            frames.Add(new RawFrame(
                0, frame.Code & ~Flags, (int)frame.Instruction, (frame.Code & EntryFlag) != 0, (frame.Code & GeneratorFlag) != 0, _details[index].Anchors[frames.Count], (frame.Code & SuspendedFlag) != 0));
        }

        return frames;
    }

    /// <summary>Whether a frame can be kept: code objects are at multiples of 8.</summary>
    public static bool IsPossible(in RawFrame frame) => (frame.Code & Flags) == 0 && frame.Code > Instruction;
}

/// <summary>What is kept of a pair of stacks.</summary>
/// <param name="Native">Innermost first.</param>
/// <param name="Anchors">Of each Python frame, as in <see cref="RawFrame"/>.</param>
internal sealed record NativeDetail(UnwoundFrame[] Native, ulong[] Anchors, UnwindEnd End, int Map);
