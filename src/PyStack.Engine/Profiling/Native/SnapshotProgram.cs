using System;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// The program that the kernel runs at each sample of a thread, while the thread is in the kernel's interrupt: it copies the thread's Python frames. So they are of the very moment of the sample's registers and stack.
/// It reads the target's memory and writes to our array; it has no other effect.
/// </summary>
internal static class SnapshotProgram
{
    /// <summary>bpf_probe_read_user (linux/bpf.h): what is not in memory at the moment is an error.</summary>
    private const int ReadUser = 112;

    /// <param name="array">The descriptor of the array.</param>
    /// <param name="state">The address of the thread state.</param>
    public static ReadOnlySpan<ulong> Make(SnapshotLayout at, int array, ulong state)
    {
        BpfAssembler code = new();

        // 6: the slot. The sample's number selects it.
        code.SetToArray(6, array).Load(1, 6, 0).Move(8, 1).Plus(1, 1).Store(6, 0, 1)
            .And(8, at.Slots - 1).Times(8, at.SlotBytes).PlusRegister(6, 8).Plus(6, SnapshotLayout.FirstSlot)
            .Store(6, SnapshotLayout.Number, 1).Set(1, 0).Store(6, SnapshotLayout.Count, 1).Store(6, SnapshotLayout.IsRead, 1)
            .Store(6, SnapshotLayout.Caller, 1).Store(6, SnapshotLayout.CallerHead, 1);
        if (at.GilAddress is GilAddress gil)
        {
            code.Set(3, gil.LastHolder);
            Read(code, SnapshotLayout.Gil, (int)(gil.Locked - gil.LastHolder) + sizeof(int), "end");
        }

        code.Set(3, state);
        Read(code, SnapshotLayout.State, at.StateBytes, "end");
        FindHead(code, at.Python.Thread);

        // 7: the address of a frame, 9: how many there were.
        code.Set(9, 0).Label("next").JumpIfEqual(7, 0, "done").JumpIfNotLess(9, at.MaxFrames, "done")
            .Move(8, 9).Times(8, at.Stride).PlusRegister(8, 6)
            .Move(1, 8).Plus(1, at.Frames).Set(2, at.FrameBytes).Move(3, 7).Call(ReadUser).JumpIfNotEqual(0, 0, "done")
            .Load(7, 8, at.Frames + at.Python.Frame.Previous).Plus(9, 1).Jump("next")
            .Label("done").Store(6, SnapshotLayout.Count, 9).Store(6, SnapshotLayout.Next, 7).Set(1, 1).Store(6, SnapshotLayout.IsRead, 1)
            .Label("end").Set(0, 1).Exit();
        return code.Finish();
    }

    private static void FindHead(BpfAssembler code, ThreadLayout at)
    {
        if (at.CFrame is int cframe && at.CFrameCurrentFrame is int current)
        {
            // current_frame, then previous (cpython/pystate.h).
            code.Load(3, 6, SnapshotLayout.State + cframe).Plus(3, current);
            Read(code, SnapshotLayout.Head, 2 * sizeof(ulong), "end");
            code.Load(3, 6, SnapshotLayout.Caller).JumpIfEqual(3, 0, "outermost").Plus(3, current);
            Read(code, SnapshotLayout.CallerHead, sizeof(ulong), "end");
            code.Label("outermost").Load(7, 6, SnapshotLayout.Head);
        }
        else
        {
            code.Load(7, 6, SnapshotLayout.State + (at.CurrentFrame ?? at.Frame!.Value)).Store(6, SnapshotLayout.Head, 7);
        }
    }

    // The address is in register 3.
    private static void Read(BpfAssembler code, int offset, int bytes, string otherwise)
        => code.Move(1, 6).Plus(1, offset).Set(2, bytes).Call(ReadUser).JumpIfNotEqual(0, 0, otherwise);
}
