namespace PyStack;

/// <summary>What tells the program of a process from any other that had its id, before it or after it: what a later look at the process is checked with. Not known of objects that were serialized.</summary>
/// <param name="StartTicks">When the process started, in clock ticks since boot.</param>
/// <param name="StackStart">The bottom of its main thread's stack, which each exec changes; 0 if that may not be read.</param>
internal readonly record struct ProgramIdentity(ulong StartTicks, ulong StackStart);
