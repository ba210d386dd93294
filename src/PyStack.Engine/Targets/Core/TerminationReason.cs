using System.Globalization;

namespace PyStack.Engine.Targets.Core;

/// <summary>Why there is a core.</summary>
/// <param name="Signal">What the process died of; 0 if it did not.</param>
/// <param name="SenderId">Who had sent the signal; null if none had.</param>
/// <param name="FaultAddress">What could not be accessed; null for other signals.</param>
internal readonly record struct TerminationReason(int Signal, int? SenderId, ulong? FaultAddress)
{
    // asm-generic/signal.h
    private const int Trap = 5;
    private const int SegmentationFault = 11;
    private const int Stop = 19;

    /// <summary>Reads it from a core's notes.</summary>
    public static TerminationReason Of(CoreNotes notes)
    {
        int number = notes.Signal is { Number: > 0 } told ? told.Number : notes.Threads[0].Signal;

        // A debugger that writes a core has stopped the process by one of these; neither ends it with a core by itself, but for a trap that nobody had set.
        return number is 0 or Stop || (number == Trap && notes.Signal is not { Code: > 0 })
            ? default
            : new TerminationReason(number, notes.Signal?.SenderId, notes.Signal?.Address);
    }

    /// <summary>The sentence for users.</summary>
    public string Reason => Signal == 0
        ? "The core file seems to have been generated on demand (the process did not crash)"
        : Signal == SegmentationFault && FaultAddress is ulong address
        ? string.Create(CultureInfo.InvariantCulture, $"The process died due to a segmentation fault accessing address: 0x{address:x}")
        : string.Create(CultureInfo.InvariantCulture, $"The process died due to receiving signal {SignalNames.Of(Signal)}{(SenderId is int sender ? $" sent by pid {sender}" : "")}");
}
