using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Targets;

/// <summary>
/// A program that executes another one, the guest, inside of its own process: valgrind, or QEMU's user mode, which binfmt_misc starts for programs of other processors
/// (<c>docker run --platform</c>). The guest's memory is mapped as in any process, but registers and native stacks are the emulator's own.
/// </summary>
/// <param name="Name">What messages call it: <c>valgrind</c>, <c>qemu-aarch64</c>.</param>
/// <param name="MapsCodeAsData">Whether the guest's code is not executable, since only its translation is executed (QEMU: linux-user/mmap.c, target_to_host_prot).</param>
internal sealed partial record Emulator(string Name, bool MapsCodeAsData)
{
    /// <summary>BuildKit (<c>docker build --platform</c>) mounts QEMU as <c>/dev/.buildkit_qemu_emulator</c> into the containers of a build.</summary>
    private const string BuildKit = ".buildkit_qemu_emulator";

    private const RegexOptions Exact = RegexOptions.CultureInvariant;

    /// <summary>The emulator that a process runs, by the name of its executable and by what it has mapped; null for none.</summary>
    public static Emulator? Of(ITarget target)
        => target.Executable is Module program && TryParse(program.Path) is Emulator emulator && emulator.HasGuest(target.Modules) ? emulator : null;

    /// <summary>The emulator that an executable is, by its path.</summary>
    public static Emulator? TryParse(string path)
    {
        string fileName = path[(path.LastIndexOf('/') + 1)..];
        return ValgrindTool().IsMatch(path) ? new Emulator("valgrind", MapsCodeAsData: false)
            : fileName == BuildKit ? new Emulator("qemu-user", MapsCodeAsData: true)
            : QemuUser().Match(fileName) is { Success: true } match ? new Emulator(match.Groups[1].Value, MapsCodeAsData: true)
            : null;
    }

    /// <summary>Whether a module may contain code that runs: the guest's is data where only its translation is executed.</summary>
    public static bool MayRun(Emulator? emulator, Module module) => module.HasCode || (emulator is { MapsCodeAsData: true } && module.HasOwnData);

    // Of valgrind's tools the path says all: nothing else starts them. A program can be called qemu-arm without being QEMU, but then all of its code is executable.
    private bool HasGuest(IReadOnlyList<Module> modules)
    {
        if (!MapsCodeAsData)
        {
            return true;
        }

        foreach (Module module in modules)
        {
            if (!module.HasCode && module.HasOwnData)
            {
                return true;
            }
        }

        return false;
    }

    // One program for each tool and platform (coregrind/launcher-linux.c), in libexec/valgrind, before 3.16 in lib/valgrind: memcheck-amd64-linux.
    [GeneratedRegex("/valgrind/[a-z]+-(amd64|x86|arm|arm64|ppc32|ppc64be|ppc64le|s390x|mips32|mips64|nanomips|riscv64)-linux$", Exact)]
    private static partial Regex ValgrindTool();

    // qemu-x86_64, qemu-aarch64-static, qemu-aarch64-binfmt-P; qemu-system-x86_64 emulates a whole machine.
    [GeneratedRegex("^(qemu-(?!system-)(?:aarch64|aarch64_be|alpha|arm|armeb|i386|loongarch64|m68k|mips|mipsel|mips64|mips64el|mipsn32|mipsn32el|ppc|ppc64|ppc64le|riscv32|riscv64|s390x|sparc|sparc32plus|sparc64|x86_64))(-static)?(-binfmt(-[A-Z]+)?)?$", Exact)]
    private static partial Regex QemuUser();
}
