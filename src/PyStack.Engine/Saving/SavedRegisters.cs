using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Saving;

/// <summary>The registers of a thread for <c>NT_PRSTATUS</c>: all of one that was stopped; of one that sleeps in the kernel those that procfs has; zero for what is not known.</summary>
internal static class SavedRegisters
{
    /// <param name="native">What the capture has of the thread; null for nothing.</param>
    /// <param name="pthreadId">The thread's <c>pthread_t</c>; 0 for unknown.</param>
    public static byte[] Of(ITarget process, int threadId, NativeThread? native, ulong pthreadId)
    {
        if (native is { All.Length: > 0 })
        {
            return native.All;
        }

        Processor processor = process.Processor;
        RegisterSet known = native?.Registers ?? default;
        RegisterSet now = default;
        bool isAsleep = process.Threads.TryReadRegisters(threadId, ref now);
        if (native is null)
        {
            known = now;
        }

        byte[] registers = processor.Registers.Encode(known, pthreadId);

        // The arguments of the call are read later than the rest: they belong to it if the thread is still where it was.
        if (isAsleep && IsSame(known, now, processor.StackPointer) && IsSame(known, now, processor.InstructionPointer) && process.Threads.TryReadSystemCall(threadId, out SystemCall call) && call.Number >= 0)
        {
            processor.Registers.SystemCall.Write(registers, [call.First, call.Second, call.Third, call.Fourth, call.Fifth], call.Number);
        }
        else
        {
            processor.Registers.SystemCall.WriteNone(registers);
        }

        return registers;
    }

    private static bool IsSame(in RegisterSet one, in RegisterSet other, int register)
        => one.TryGet(register, out ulong left) && other.TryGet(register, out ulong right) && left == right;
}
