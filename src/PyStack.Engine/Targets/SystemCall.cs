namespace PyStack.Engine.Targets;

/// <summary>The system call that a thread is blocked in, with its arguments as they are in the registers.</summary>
/// <param name="Number">As the target's processor numbers it; -1 where the thread is blocked outside of one, as in a page fault.</param>
/// <param name="InstructionPointer">After the instruction that made the call, or at it where the call is to be made again.</param>
internal readonly record struct SystemCall(long Number, ulong First, ulong Second, ulong Third, ulong Fourth, ulong Fifth, ulong InstructionPointer);
