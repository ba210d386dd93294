using PyStack.Engine.Memory;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>What the unwinder needs of one OS thread.</summary>
/// <param name="Registers">Those that are known.</param>
/// <param name="Stack">A copy of the used part of its stack, and nothing else.</param>
/// <param name="IsOfOneMoment">Whether both are of the moment of the Python frames.</param>
internal sealed record NativeThread(int ThreadId, RegisterSet Registers, IMemorySource Stack, bool IsOfOneMoment);
