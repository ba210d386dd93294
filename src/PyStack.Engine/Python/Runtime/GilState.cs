using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Runtime;

/// <summary>Where the fields of one GIL are in the target: <c>struct _gil_runtime_state</c> (internal/pycore_gil.h; Include/internal/gil.h in 3.7).</summary>
/// <param name="LastHolder"><c>last_holder</c>: the thread state that holds the GIL, or was the last to hold it.</param>
/// <param name="Locked"><c>locked</c>, a 4-byte int: -1 not made, 0 free, 1 held.</param>
/// <param name="SwitchNumber"><c>switch_number</c>, 8 bytes.</param>
internal readonly record struct GilAddress(ulong LastHolder, ulong Locked, ulong SwitchNumber);

/// <summary>
/// What a GIL says at one moment. Who takes it stores <c>locked</c>, then, if another thread state was the last holder, <c>last_holder</c> and a
/// <c>switch_number</c> that is greater by one (take_gil in Python/ceval_gil.h, ceval_gil.c from 3.12; the same in 3.2 to 3.15). So two equal states prove that
/// no other thread state than the last holder has run Python in between; the last holder itself may have, without a trace.
/// </summary>
internal readonly record struct GilState(ulong LastHolder, int Locked, ulong SwitchNumber)
{
    private const int Held = 1;

    /// <summary>Whether a thread holds it, or is just taking it.</summary>
    public bool IsHeld => Locked == Held;

    /// <summary>Whether it has been made: not before the first thread runs, and not after the end.</summary>
    public bool IsMade => Locked is 0 or Held;

    /// <summary>Whether no thread state but the last holder has taken the GIL between two looks.</summary>
    public bool HasSameHolder(in GilState other) => LastHolder == other.LastHolder && SwitchNumber == other.SwitchNumber;

    /// <summary>Reads it. The number comes last: a thread that takes the GIL while it is read has changed the holder by then, or is seen in the next reading.</summary>
    public static bool TryRead(IMemorySource memory, in GilAddress at, out GilState state)
    {
        bool isRead = memory.TryRead(at.Locked, out int locked);
        isRead &= memory.TryReadPointer(at.LastHolder, out ulong holder);
        isRead &= memory.TryRead(at.SwitchNumber, out ulong number);
        state = new GilState(holder, locked, number);
        return isRead;
    }
}
