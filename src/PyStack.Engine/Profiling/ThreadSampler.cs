using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Reads the stack of one thread again and again while it runs. All of it is copied in one system call, the inner frames twice. The stack is that of the first copy; the second one tells which of its frames changed
/// meanwhile (<see cref="Loose"/>). What a frame says of itself is checked: from 3.11 on, one that has called another one in the same evaluation loop has saved the top of its stack, and one that runs itself has not;
/// before, it says that it runs. So frames of calls that have just ended are known. Samples are not repeated until a stack stands still: that would count functions the more often the longer each of their calls
/// takes. Allocates nothing, except where frames come to places where none were before.
/// </summary>
internal sealed unsafe partial class ThreadSampler : IDisposable
{
    /// <summary>How often a sample is tried.</summary>
    private const int MaxAttempts = 4;

    /// <summary>How many of the innermost frames may have changed while they were read. Calls are proved one by one (<see cref="CallLinks"/>), but not that several such frames belong together.</summary>
    private const int MaxLoose = 3;

    /// <summary>The same to 3.10, where each frame is in a place of its own, so that copying them takes longer.</summary>
    private const int MaxLooseApart = 2;

    private const ulong MaxGilBytes = 64;

    /// <summary>FRAME_OWNED_BY_GENERATOR (internal/pycore_frame.h, 3.11 and later).</summary>
    private const byte OwnedByGenerator = 1;

    /// <summary>Deeper stacks are not sampled.</summary>
    public const int MaxDepth = 4096;

    private readonly PythonLayout _layout;
    private readonly IMemorySource _memory;
    private readonly ulong _state;
    private readonly StateFields _fields;
    private readonly ulong _pthreadId;
    private readonly long _nativeId;
    private readonly SampledRanges _ranges;
    private readonly int _frameSize;
    private readonly int _savedAt;
    private readonly bool _isSavedPointer;
    private readonly bool _knowsSaved;

    // To 3.10 a frame says whether it runs: f_executing, in 3.10 f_state (Include/frameobject.h; cpython/frameobject.h from 3.8), after f_lasti, f_lineno and f_iblock.
    private readonly int? _runsAt;
    private readonly byte _runs;
    private readonly GilAddress? _gil;
    private readonly int _lockedAt;
    private readonly int? _collectingAt;

    // Whether the outermost frame is not one of a thread: it has just been left, or is just being made. From 3.12 on the outermost frame of all is one of C; before, those of a generator that has yielded, and new ones, have
    // no caller for a moment.
    private bool _isOpen;
    private SampledFrame[] _frames = new SampledFrame[64];
    private ulong[] _addresses = new ulong[64];

    /// <param name="memory">For what is not where it was expected.</param>
    /// <param name="thread">Its state and whose it is.</param>
    /// <param name="gil">The GIL of its interpreter; null for none.</param>
    /// <param name="collecting">Where its interpreter says that it collects garbage; 0 if that is not known.</param>
    public ThreadSampler(PythonLayout layout, IMemorySource memory, int processId, in RawThread thread, GilAddress? gil, ulong collecting = 0)
    {
        (_layout, _memory, _state, _pthreadId, _nativeId) = (layout, memory, thread.Address, thread.PthreadId, thread.NativeId);
        _fields = new StateFields(layout.Thread);

        // A build without a GIL has one that nobody takes, and nothing says which thread it is that collects.
        _gil = layout.IsFreeThreaded ? null : gil;
        List<IoVector> after = [];
        if (_gil is GilAddress found)
        {
            // In 3.6 they are variables, and not one after the other.
            bool areNear = found.Locked > found.LastHolder && found.Locked - found.LastHolder < MaxGilBytes;
            after.Add(new IoVector { Base = (nuint)found.LastHolder, Length = areNear ? (nuint)(found.Locked - found.LastHolder) + sizeof(int) : sizeof(ulong) });
            if (!areNear)
            {
                after.Add(new IoVector { Base = (nuint)found.Locked, Length = sizeof(int) });
            }

            _collectingAt = collecting == 0 ? null : (int)after[0].Length + (areNear ? 0 : sizeof(int));
            _lockedAt = areNear ? (int)(found.Locked - found.LastHolder) : sizeof(ulong);
            if (collecting != 0)
            {
                after.Add(new IoVector { Base = (nuint)collecting, Length = sizeof(int) });
            }
        }

        _ranges = new SampledRanges(processId, _state + (ulong)_fields.Start, _fields.Length, _fields.Head, layout.Frame.Owner is not null, [.. after], (memory as ProcessMemorySource)?.FileBacked);
        FrameLayout at = layout.Frame;
        _knowsSaved = at.Owner is not null && (layout.Generator.StackTop ?? layout.Generator.StackDepth) is not null;
        _isSavedPointer = layout.Generator.StackTop is not null;
        _savedAt = layout.Generator.StackTop ?? layout.Generator.StackDepth ?? 0;
        _runsAt = at.LastInstruction is int last && layout.Version.Major == 3 ? last + (3 * sizeof(int)) : null;
        _runs = layout.Generator.FrameState is null ? (byte)1 : (byte)0;
        _frameSize = Math.Max(Math.Max(at.Size, _knowsSaved ? _savedAt + sizeof(ulong) : 0), (_runsAt ?? 0) + 1);
        _ = layout.Thread.CFrame is null && _ranges.TryAddHead(HeadOf(null));
    }

    /// <summary>Whether the thread held its GIL in the last sample; null if that is not known.</summary>
    public bool? HasGil => _gil is null ? null : Unsafe.ReadUnaligned<int>(in _ranges.After[_lockedAt]) == 1 && Unsafe.ReadUnaligned<ulong>(in _ranges.After[0]) == _state;

    /// <summary>Whether the interpreter collected garbage in the last sample: the thread itself if it had the GIL. False if that is not known.</summary>
    public bool IsCollecting => _collectingAt is int at && Unsafe.ReadUnaligned<int>(in _ranges.After[at]) != 0;

    /// <summary>Asked right after each copy; null for none.</summary>
    public IdleWatch? Idle { get; init; }

    /// <summary>The frames of the last sample, innermost first.</summary>
    public ReadOnlySpan<SampledFrame> Frames => _frames.AsSpan(0, Depth);

    /// <summary>Where they are; 0 for placeholders.</summary>
    public ReadOnlySpan<ulong> Addresses => _addresses.AsSpan(0, Depth);

    /// <summary>Other memory that was read between the two copies (<see cref="SetExtra"/>); empty if none was, also after some of it could not be read.</summary>
    public ReadOnlySpan<byte> Extra => _ranges.Extra;

    /// <summary>Sets what else is read, from the next sample on.</summary>
    public void SetExtra(ReadOnlySpan<IoVector> pieces) => _ranges.SetExtra(pieces);

    /// <summary>The generator or coroutine that a frame of the last sample belongs to; 0 for none. Of one that changed between the two copies (<see cref="Loose"/>) by either of them.</summary>
    /// <param name="index">Of the frame, 0 for the innermost.</param>
    public ulong GeneratorOf(int index)
    {
        FrameLayout at = _layout.Frame;
        if (_addresses[index] == 0 || !_ranges.TryFind(_addresses[index], _frameSize, out byte* first, out byte* second))
        {
            return 0;
        }

        if (at.Owner is int owner)
        {
            return first[owner] == OwnedByGenerator || (second != null && second[owner] == OwnedByGenerator) ? _addresses[index] - (ulong)_layout.Generator.InlineFrame!.Value : 0;
        }

        // f_gen is before f_lasti (Include/frameobject.h; cpython/frameobject.h from 3.8).
        int place = at.LastInstruction!.Value - sizeof(ulong);
        return Word(first, place) is ulong generator and not 0 ? generator : second == null ? 0 : Word(second, place);
    }

    private int MostLoose => _runsAt is null ? MaxLoose : MaxLooseApart;

    /// <summary>How many of them, counted from the innermost, were others in the second copy.</summary>
    public int Loose { get; private set; }

    public int Depth { get; private set; }

    /// <summary>Whether the outer frames were left out because there are more than <see cref="MaxDepth"/>.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads the stack.</summary>
    public SampleOutcome Read()
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (!_ranges.TryCopy())
            {
                // Frames were where nothing is mapped now, or the struct on the C stack was.
                _ranges.Clear();
                if (!TryFindHead(out ulong place) || !_memory.TryReadPointer(_state, out _))
                {
                    return SampleOutcome.Gone;
                }

                _ = _ranges.TryAddHead(place);

                continue;
            }

            if (!_fields.AreOf(_ranges.StateBefore, _pthreadId, _nativeId) || !_fields.AreOf(_ranges.StateAfter, _pthreadId, _nativeId))
            {
                return SampleOutcome.Gone;
            }

            // What C calls has a place of its own for the innermost frame. Where it was, it is read from then on, with the other places: to read only the last one would leave out calls that are short.
            ulong before = HeadOf(_fields.CFrameOf(_ranges.StateBefore));
            if (!_ranges.TryFindHeadBefore(before, out ulong head))
            {
                if (!_ranges.TryAddHead(before))
                {
                    return SampleOutcome.Torn;
                }

                continue;
            }

            if (attempt == 0)
            {
                Idle?.Ask(HasGil == true);
            }

            // Where the first copy makes no sense, the second one may. Frames that lead nowhere, as of a generator that has yielded meanwhile, were called by what runs now.
            bool isRead = TryWalk(head, isSecond: false, isGoingOn: false, out ulong missing);
            bool isGoingOn = isRead && _isOpen && Depth <= MostLoose;
            if (isRead ? isGoingOn : missing == 0)
            {
                isRead = _ranges.TryFindHeadAfter(HeadOf(_fields.CFrameOf(_ranges.StateAfter)), out head) && TryWalk(head, isSecond: true, isGoingOn, out missing);
            }

            // To 3.11 the outermost frame of a thread may be that of a generator.
            if (isRead && (!_isOpen || (attempt == MaxAttempts - 1 && _layout.Frame.FirstShimOwner is null)))
            {
                ReplaceLoose();
                return Depth == 0 ? SampleOutcome.Empty : SampleOutcome.Read;
            }

            if (missing != 0 && !TryExpect())
            {
                return SampleOutcome.Torn;
            }
        }

        return SampleOutcome.Torn;
    }

    /// <summary>Where the instruction of a frame is in its bytecode, in bytes; negative before the first.</summary>
    public static int OffsetOf(PythonLayout layout, SampledFrame frame)
    {
        long offset = layout.Frame.InstructionPointer is null
            ? (long)frame.Instruction * layout.Frame.LastInstructionUnit!.Value
            : (long)(frame.Instruction - (frame.Code + (ulong)layout.Code.Bytecode!.Value));
        return (int)Math.Clamp(offset, -2, int.MaxValue);
    }

    public void Dispose() => _ranges.Dispose();

    // In 3.11 and 3.12 the current frame is in a struct on the C stack, of which the thread state has the address.
    private ulong HeadOf(ulong? cframe)
    {
        ThreadLayout at = _layout.Thread;
        return cframe is ulong place ? place + (ulong)at.CFrameCurrentFrame!.Value : _state + (ulong)(at.CurrentFrame ?? at.Frame!.Value);
    }

    // Where it is at the moment.
    private bool TryFindHead(out ulong head)
    {
        ulong? cframe = null;
        if (_layout.Thread.CFrame is int at)
        {
            if (!_memory.TryReadPointer(_state + (ulong)at, out ulong now))
            {
                head = 0;
                return false;
            }

            cframe = now;
        }

        head = HeadOf(cframe);
        return true;
    }
}
