using System;

namespace PyStack.Engine.Targets.Core;

/// <summary>One thread of a core; the thread that received the signal is the first.</summary>
/// <param name="ThreadId"><c>pr_pid</c></param>
/// <param name="Signal"><c>pr_cursig</c>: the signal that ended it; 0 if none.</param>
/// <param name="Registers"><c>pr_reg</c>, the general registers as ptrace has them.</param>
/// <param name="CpuTime"><c>pr_utime</c> and <c>pr_stime</c>; those of the leader are of the whole process.</param>
/// <param name="ThreadPointer">The thread-local storage base, where a note has it (aarch64); else null.</param>
internal sealed record CoreThread(int ThreadId, int Signal, byte[] Registers, TimeSpan CpuTime, ulong? ThreadPointer);
