using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions;

/// <summary>A Python under valgrind or QEMU: its memory is read as any other's, but the native stacks of the process are the emulator's.</summary>
internal static class EmulatedTarget
{
    /// <summary>The options that such a process can be captured with, and a warning that says which emulator it runs under; other processes keep theirs.</summary>
    public static StackOptions Adapt(ITarget target, StackOptions options, IEngineLog log)
    {
        if (Emulator.Of(target) is not Emulator emulator)
        {
            return options;
        }

        log.Warning($"Process {target.ProcessId} ({target.Name}) runs under {emulator.Name}: the Python frames are those of the program that {emulator.Name} executes."
            + (options.Native == NativeMode.None ? "" : WithoutNative(emulator)));
        return options with { Native = NativeMode.None };
    }

    /// <summary>The same for a measurement, whose session has said which emulator it is.</summary>
    public static ProfileOptions Adapt(ITarget target, ProfileOptions options, IEngineLog log)
    {
        if (!options.Native || Emulator.Of(target) is not Emulator emulator)
        {
            return options;
        }

        log.Warning($"Process {target.ProcessId} ({target.Name}):{WithoutNative(emulator)}");
        return options with { Native = false };
    }

    private static string WithoutNative(Emulator emulator)
        => $" Native frames are left out, since they are those of {emulator.Name} and not of the program.";
}
