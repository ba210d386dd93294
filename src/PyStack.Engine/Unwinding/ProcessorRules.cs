using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>All that the unwinder must know of a processor. Registers have their DWARF numbers.</summary>
internal abstract class ProcessorRules
{
    private static readonly ProcessorRules[] All = [new X64Rules(), new Arm64Rules()];

    private static readonly ProcessorRules? Observer = Find(RuntimeInformation.ProcessArchitecture);

    /// <summary>The processor that we run on, and with it every live target.</summary>
    /// <exception cref="EngineException">We do not know how to read running processes of it.</exception>
    public static ProcessorRules OfObserver => Observer ?? throw Unknown(RuntimeInformation.ProcessArchitecture);

    /// <summary>What reading running processes must know of it.</summary>
    /// <exception cref="EngineException">As of <see cref="OfObserver"/>.</exception>
    public static Processor LiveOfObserver => OfObserver.Live!;

    /// <summary>As <c>uname -m</c> has it.</summary>
    public abstract string Name { get; }

    public abstract ElfMachine Machine { get; }

    /// <summary>What the pause and the sampler must know; null where running processes cannot be read, but cores can.</summary>
    public abstract Processor? Live { get; }

    /// <summary>Bytes of glibc's <c>pthread_mutex_t</c> (bits/pthreadtypes-arch.h, __SIZEOF_PTHREAD_MUTEX_T), which stand in front of fields of CPython's.</summary>
    public abstract int MutexSize { get; }

    public abstract int StackPointer { get; }

    public abstract int FramePointer { get; }

    /// <summary>Bytes from where the frame pointer points to the caller's saved frame pointer; in the word behind that stands the return address.</summary>
    public abstract int FrameRecord { get; }

    public abstract int InstructionPointer { get; }

    /// <summary>The register that holds the return address at a function's first instruction; null where it is on the stack.</summary>
    public abstract int? LinkRegister { get; }

    /// <summary>One bit for each register that a function gives back as it got it.</summary>
    public abstract ulong CalleeSaved { get; }

    /// <summary>The processor of a kind of ELF file: each that the ELF reader takes has one.</summary>
    public static ProcessorRules Of(ElfMachine machine)
        => Array.Find(All, one => one.Machine == machine) ?? throw new ArgumentOutOfRangeException(nameof(machine), machine, "no descriptor");

    /// <summary>The processor on which .NET says that it runs; null where we do not know how to read running processes of it.</summary>
    internal static ProcessorRules? Find(System.Runtime.InteropServices.Architecture observer)
        => Array.Find(All, one => one.Live?.Observer == observer);

    /// <summary>What is said where <see cref="Find"/> finds none.</summary>
    internal static EngineException Unknown(System.Runtime.InteropServices.Architecture observer)
    {
        return new EngineException(
            EngineError.CannotRead,
            $"Running processes can be read on {Names(Array.FindAll(All, one => one.Live is not null))}, and this machine is {observer}.",
            $"See whether a newer PyStack knows it. Core files of {Names(All)} can be read on any machine: Get-PyStack -Path.");

        static string Names(ProcessorRules[] known) => string.Join(" and ", Array.ConvertAll(known, one => one.Name));
    }

    /// <summary>Takes over the general registers as <c>NT_PRSTATUS</c> has them, of ptrace(2) and of cores.</summary>
    public abstract bool TryReadRegisters(ReadOnlySpan<byte> general, ref RegisterSet registers);

    /// <summary>The thread-local storage base, where it is among the general registers and is glibc's <c>pthread_t</c> itself.</summary>
    public abstract ulong? ThreadPointer(ReadOnlySpan<byte> general);

    /// <summary>An address of code without what the processor mixes into its upper bits.</summary>
    public abstract ulong StripCode(ulong address);

    /// <summary>Whether the instruction in front of a return address is a call.</summary>
    public abstract bool IsAfterCall(IMemorySource memory, ulong returnAddress);

    /// <summary>What a call in front of a return address goes to, where the instruction itself says it.</summary>
    public abstract bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target);

    /// <summary>Where a signal trampoline without call frame information stands, the registers that the signal interrupted.</summary>
    public abstract bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers);
}
