using System.Numerics;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// Where the kernel's copy of a thread's Python frames has what. It begins with the number of samples so far; then come <see cref="Slots"/> slots, used in turn. Each has the sample's number, the number of frames,
/// the address of the frame that comes next (0 at the end), whether all was read, the GIL, the words that lead to the innermost frame, the thread state, and the frames.
/// </summary>
internal sealed class SnapshotLayout
{
    public const int FirstSlot = 64;
    public const int Number = 0;
    public const int Count = 8;
    public const int Next = 16;
    public const int IsRead = 24;
    public const int Gil = 32;
    public const int MaxGilBytes = 32;

    /// <summary>The innermost frame's address; with <c>_PyCFrame</c> (3.11 and 3.12) also the caller's <c>_PyCFrame</c>, and the innermost frame of that one.</summary>
    public const int Head = 64;
    public const int Caller = 72;
    public const int CallerHead = 80;
    public const int State = 96;

    public const int MinSlots = 4;

    private const int MaxBytes = 1 << 20;

    /// <param name="maxFrames">How many frames there is room for.</param>
    /// <param name="slots">How many slots are wanted, a power of two.</param>
    public SnapshotLayout(PythonLayout layout, GilAddress? gil, int maxFrames, int slots)
    {
        Python = layout;
        MaxFrames = maxFrames;
        StateBytes = (layout.Thread.Size + 7) & ~7;
        FrameBytes = layout.Frame.Size;
        Stride = (int)BitOperations.RoundUpToPowerOf2((uint)FrameBytes);
        Frames = (State + StateBytes + 63) & ~63;
        SlotBytes = Frames + (maxFrames * Stride);
        Slots = slots;
        while (Slots > MinSlots && Slots * SlotBytes > MaxBytes)
        {
            Slots /= 2;
        }
        GilAddress = gil is GilAddress at && at.Locked > at.LastHolder && at.Locked - at.LastHolder <= MaxGilBytes - sizeof(int) ? at : null;
    }

    public PythonLayout Python { get; }

    /// <summary>Where the GIL is in the target; null if it is not read.</summary>
    public GilAddress? GilAddress { get; }

    public int MaxFrames { get; }

    /// <summary>A power of two.</summary>
    public int Slots { get; }

    public int StateBytes { get; }

    public int FrameBytes { get; }

    public int Stride { get; }

    /// <summary>Where the frames are in a slot, innermost first.</summary>
    public int Frames { get; }

    public int SlotBytes { get; }

    public int Bytes => FirstSlot + (Slots * SlotBytes);
}
