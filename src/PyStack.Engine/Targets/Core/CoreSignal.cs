namespace PyStack.Engine.Targets.Core;

/// <summary>What <c>NT_SIGINFO</c> says about the signal (asm-generic/siginfo.h).</summary>
/// <param name="Number"><c>si_signo</c></param>
/// <param name="Code"><c>si_code</c>: 0 and negative ones were sent by a process.</param>
/// <param name="Address">The address of a fault; null for other signals.</param>
/// <param name="SenderId">Who sent it; null where it was not sent.</param>
internal sealed record CoreSignal(int Number, int Code, ulong? Address, int? SenderId);
