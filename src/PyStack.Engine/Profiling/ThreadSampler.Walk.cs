using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Profiling;

/// <summary>From the two copies to frames.</summary>
internal sealed unsafe partial class ThreadSampler
{
    // False if a copy makes no sense, or does not have all frames; then with the first that is missing. Going on, the frames that are there already are inside of the others, unless one of them is found again.
    private bool TryWalk(ulong head, bool isSecond, bool isGoingOn, out ulong missing)
    {
        FrameLayout at = _layout.Frame;
        missing = 0;
        int before = isGoingOn ? Depth : 0;
        Depth = Loose = before;
        IsTruncated = _isOpen = false;
        bool isCallerOfSameLoop = false;
        ulong frame = head;
        CycleGuard cycle = default;
        while (frame != 0)
        {
            if (Depth >= MaxDepth - 1)
            {
                IsTruncated = true;
                Add(0, SampledFrame.OuterFrames);
                return true;
            }

            if (!cycle.TryStep(frame))
            {
                return false;
            }

            if (!_ranges.TryFind(frame, _frameSize, out byte* own, out byte* other))
            {
                missing = frame;
                return false;
            }

            if (other == null)
            {
                // It is copied once: it stands if the one inside of it does.
                if (Depth == Loose)
                {
                    missing = frame;
                    return false;
                }

                other = own;
            }
            else if (isSecond)
            {
                byte* first = own;
                own = other;
                other = first;
            }

            ulong previous = Word(own, at.Previous);
            if (at.FirstShimOwner is int shim && own[at.Owner!.Value] >= shim)
            {
                isCallerOfSameLoop = false;
                _isOpen = false;
                frame = previous;
                continue;
            }

            bool isCalling = isCallerOfSameLoop;
            if (isCalling && !IsSaved(own))
            {
                // It runs itself: what seemed to be inside of it has ended.
                Depth = Loose = 0;
                isCalling = false;
            }

            if (_runsAt is int runs && own[runs] != _runs)
            {
                // It has ended, and what seemed to be inside of it.
                Depth = Loose = 0;
                frame = previous;
                continue;
            }

            ulong code = Word(own, at.Code) & ~at.CodeTagMask;
            if (code < SampledFrame.LowestCode)
            {
                return false;
            }

            if (before > 0 && _addresses.AsSpan(0, before).Contains(frame))
            {
                before = Depth = Loose = 0;
            }

            _isOpen = previous == 0
                && (at.FirstShimOwner is not null || Word(other, at.Previous) != 0 || (at.Owner is int owner && own[owner] == OwnedByGenerator));
            ulong instruction = InstructionOf(own);
            bool isSame = previous == Word(other, at.Previous)
                && code == (Word(other, at.Code) & ~at.CodeTagMask)
                && (Depth == 0 || instruction == InstructionOf(other))
                && (_runsAt is not int running || other[running] == _runs)
                && (!isCalling || IsSaved(other));
            Add(frame, new SampledFrame(code, instruction));
            if (!isSame)
            {
                Loose = Depth;
            }

            isCallerOfSameLoop = _knowsSaved && !(at.IsEntry is int entry && own[entry] != 0);
            frame = previous;
        }

        return Depth > 0 || head == 0;
    }

    private void ReplaceLoose()
    {
        if (Loose > MostLoose)
        {
            ReplaceInner(Loose - MostLoose);
        }
    }

    /// <summary>Puts a placeholder in the place of the innermost frames of the last sample.</summary>
    public void ReplaceInner(int count)
    {
        int left = Depth - count;
        Array.Copy(_frames, count, _frames, 1, left);
        Array.Copy(_addresses, count, _addresses, 1, left);
        (_frames[0], _addresses[0]) = (SampledFrame.ShortCalls, 0);
        Depth = left + 1;
        Loose = Math.Max(0, Loose - count + 1);
    }

    private ulong InstructionOf(byte* frame)
        => _layout.Frame.InstructionPointer is int pointer ? Word(frame, pointer) : (ulong)(long)Unsafe.ReadUnaligned<int>(frame + _layout.Frame.LastInstruction!.Value);

    private bool IsSaved(byte* frame) => _isSavedPointer ? Word(frame, _savedAt) != 0 : Unsafe.ReadUnaligned<int>(frame + _savedAt) >= 0;

    private static ulong Word(byte* frame, int offset) => Unsafe.ReadUnaligned<ulong>(frame + offset);

    private void Add(ulong address, SampledFrame frame)
    {
        if (Depth == _frames.Length)
        {
            Array.Resize(ref _frames, Depth * 2);
            Array.Resize(ref _addresses, Depth * 2);
        }

        _frames[Depth] = frame;
        _addresses[Depth++] = address;
    }

    // Follows the chain frame by frame, only to learn where it is now.
    private bool TryExpect()
    {
        Span<byte> bytes = stackalloc byte[_frameSize];
        CycleGuard cycle = default;
        if (!TryFindHead(out ulong head) || _ranges.MayWait(head, sizeof(ulong)) || !_memory.TryReadPointer(head, out ulong frame))
        {
            return false;
        }

        int count = 0;
        while (frame != 0 && count < MaxDepth && cycle.TryStep(frame) && !_ranges.MayWait(frame, _frameSize) && _memory.TryRead(frame, bytes))
        {
            if (count == _addresses.Length)
            {
                Array.Resize(ref _addresses, count * 2);
                Array.Resize(ref _frames, count * 2);
            }

            _addresses[count++] = frame;
            frame = Unsafe.ReadUnaligned<ulong>(ref bytes[_layout.Frame.Previous]);
        }

        return _ranges.Expect(_addresses.AsSpan(0, count), _frameSize, MostLoose + 1);
    }
}
