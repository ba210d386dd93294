namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>Registers and stack of a thread that was not stopped.</summary>
/// <param name="Registers">The known ones, by DWARF number.</param>
/// <param name="Stack">The used part of the stack from the stack pointer on; it may be cut.</param>
/// <param name="IsCoherent">Whether the thread is known not to have run while all this was read.</param>
internal sealed record SampledThread(int ThreadId, (int Register, ulong Value)[] Registers, byte[] Stack, bool IsCoherent);
