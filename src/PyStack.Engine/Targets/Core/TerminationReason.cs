using System.Globalization;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Targets.Core;

/// <summary>Why a core was written.</summary>
/// <param name="Signal">The signal that ended the process; 0 if it did not end.</param>
/// <param name="SenderId">The process that sent the signal; null if none did.</param>
/// <param name="FaultAddress">The address that could not be accessed; null for other signals.</param>
internal readonly record struct TerminationReason(int Signal, int? SenderId, ulong? FaultAddress)
{
    // asm-generic/signal.h
    private const int Trap = 5;
    private const int SegmentationFault = 11;
    private const int Stop = 19;

    /// <summary>What PyStack has noted, if it has written the core; else null.</summary>
    public SavedProcess? Saved { get; init; }

    /// <summary>Reads it from a core's notes.</summary>
    public static TerminationReason Of(CoreNotes notes)
    {
        if (notes.Saved is SavedFacts saved)
        {
            return new TerminationReason { Saved = saved.Process };
        }

        int number = notes.Signal is { Number: > 0 } told ? told.Number : notes.Threads[0].Signal;

        // A debugger that writes a core has stopped the process by one of these; neither causes a core by itself, except a trap that no debugger has set.
        return number is 0 or Stop || (number == Trap && notes.Signal is not { Code: > 0 })
            ? default
            : new TerminationReason(number, notes.Signal?.SenderId, notes.Signal?.Address);
    }

    /// <summary>The sentence for users.</summary>
    public string Reason => Saved is SavedProcess saved
        ? $"The core file was saved by Save-PyCore{(saved.HasNative ? " -Native" : "")}{(saved.HasLocals ? " -Locals" : "")}{(saved.IsRedacted ? " -Redact" : "")}{(saved.Host.Length > 0 ? $" on {TerminalText.Escape(saved.Host)}" : "")} while the process ran"
        : Signal == 0
        ? "The core file seems to have been generated on demand (the process did not crash)"
        : Signal == SegmentationFault && FaultAddress is ulong address
        ? string.Create(CultureInfo.InvariantCulture, $"The process died due to a segmentation fault accessing address: 0x{address:x}")
        : string.Create(CultureInfo.InvariantCulture, $"The process died due to receiving signal {SignalNames.Of(Signal)}{(SenderId is int sender ? $" sent by pid {sender}" : "")}");
}
