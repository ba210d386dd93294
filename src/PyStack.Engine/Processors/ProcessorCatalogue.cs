using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Processors;

/// <summary>The processors that we know, one line each.</summary>
internal static class ProcessorCatalogue
{
    private static readonly Processor[] All =
    [
        X64.Processor,
        Arm64.Processor,
    ];

    private static readonly Processor? Observer = Find(RuntimeInformation.ProcessArchitecture);

    /// <summary>The processor that we run on, and with it every live target.</summary>
    /// <exception cref="EngineException">Running processes of it cannot be read.</exception>
    public static Processor OfObserver => Observer ?? throw Unknown(RuntimeInformation.ProcessArchitecture);

    /// <summary>The processor of a kind of ELF file: each that the ELF reader takes has one.</summary>
    public static Processor Of(ElfMachine machine)
        => Array.Find(All, one => one.Machine == machine) ?? throw new ArgumentOutOfRangeException(nameof(machine), machine, "no descriptor");

    /// <summary>The processor on which .NET says that it runs; null if running processes of it cannot be read.</summary>
    internal static Processor? Find(Architecture runtime) => Array.Find(All, one => one.Runtime == runtime);

    /// <summary>What is said where <see cref="Find"/> finds none.</summary>
    internal static EngineException Unknown(Architecture runtime)
    {
        return new EngineException(
            EngineError.CannotRead,
            $"Running processes can be read on {Names(Array.FindAll(All, one => one.Runtime is not null))}, and this machine is {runtime}.",
            $"Check whether a newer PyStack supports it. Core files of {Names(All)} can be read on any machine: Get-PyStack -Path.");

        static string Names(Processor[] known) => string.Join(" and ", Array.ConvertAll(known, one => one.Name));
    }
}
