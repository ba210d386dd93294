using System.Globalization;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>What this process, the observer, may do (ptrace(2), "access mode checking").</summary>
internal sealed record ObserverFacts
{
    /// <summary>CAP_SYS_PTRACE (linux/capability.h).</summary>
    private const int CapSysPtrace = 19;

    /// <summary>PID_MAX_LIMIT of linux/threads.h is 4,194,304.</summary>
    private const int NoProcess = int.MaxValue;

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public ulong PermittedCapabilities { get; init; }

    public bool HasSysPtrace { get; init; }

    /// <summary><c>kernel.yama.ptrace_scope</c>; null where the kernel has no yama.</summary>
    public int? PtraceScope { get; init; }

    /// <summary>Seccomp of proc_pid_status(5): 0 none, 1 strict, 2 filter.</summary>
    public int SeccompMode { get; init; }

    /// <summary>Whether process_vm_readv is allowed at all; a seccomp filter refuses it before the kernel looks for the process.</summary>
    public bool CanCallRead { get; init; } = true;

    /// <summary>Whether ptrace is allowed at all.</summary>
    public bool CanCallTrace { get; init; } = true;

    public static ObserverFacts Read()
    {
        _ = ProcFile.TryReadStatus("/proc/thread-self", out byte[] self);
        ulong effective = CredentialIds.ReadSet(self, "CapEff"u8);
        return new ObserverFacts
        {
            UserId = Identity.EffectiveUserId(),
            GroupId = (uint)CredentialIds.Read(self, "Gid"u8).Effective,
            PermittedCapabilities = CredentialIds.ReadSet(self, "CapPrm"u8),
            HasSysPtrace = ((effective >> CapSysPtrace) & 1) != 0,
            PtraceScope = ReadYama(),
            SeccompMode = System.Math.Max(0, ProcFile.ReadNumber(self, "Seccomp"u8)),

            // For a process that cannot exist the kernel's own answer is always ESRCH.
            CanCallRead = ProcessMemory.Read(NoProcess, 0, stackalloc byte[1]) == -Errno.ESRCH,
            CanCallTrace = Ptrace.Seize(NoProcess) == Errno.ESRCH,
        };
    }

    private static int? ReadYama()
        => int.TryParse(
            ProcFile.ReadLine("/proc/sys/kernel/yama/ptrace_scope"), NumberStyles.None, CultureInfo.InvariantCulture, out int scope)
            ? scope
            : null;
}
