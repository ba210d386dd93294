using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>
/// The kernel's rules for reading and tracing another process (ptrace(2), "access mode checking", and yama), as a function of the facts alone. Of
/// several reasons the first one that applies is reported.
/// </summary>
internal static class AccessRules
{
    private const string BecomeRoot = "Run pwsh as root (sudo pwsh); in a container start it with --cap-add=SYS_PTRACE.";
    private const string LiftFilter
        = "Start the container with --cap-add=SYS_PTRACE or --security-opt seccomp=unconfined, or run pwsh on the host.";

    private const string AskAudit = "Look for a denial in the kernel's audit log (journalctl -k), and allow ptrace for pwsh.";
    private const string NoBlockHelps = " -NoBlock needs no tracing.";

    public static AccessDecision Decide(AccessFacts facts)
    {
        if (facts.Target.IsEnded)
        {
            return new(
                false,
                EngineError.ProcessExited,
                "it has ended; only its exit code is left, for its parent to read (a zombie).",
                "It has no stack any more. Find out why its parent process does not read the exit code.");
        }

        if (facts.Target.IsKernelThread)
        {
            return new(
                false,
                EngineError.NotPython,
                "it is one of the kernel's own threads, which have no memory of their own and run no Python.",
                "Get-PyProcess lists the Python processes.");
        }

        if (!facts.Observer.CanCallRead)
        {
            return facts.Observer.SeccompMode > 0
                ? Denied("a seccomp filter is active on this process, as containers have it, and forbids the system call process_vm_readv.", LiftFilter)
                : new(
                    false,
                    EngineError.CannotRead,
                    "this kernel, or a sandbox on it, does not have the system call process_vm_readv.",
                    "Run pwsh outside of the sandbox.");
        }

        return facts.Refusal == AccessRefusal.Read ? DecideReading(facts) : DecideTracing(facts);
    }

    private static AccessDecision DecideReading(AccessFacts facts)
    {
        ObserverFacts observer = facts.Observer;
        if (!observer.HasSysPtrace && DecideWithoutCapability(facts) is AccessDecision decision)
        {
            return decision;
        }

        if (observer.HasSysPtrace && facts.IsSameUserNamespace == false)
        {
            return Denied(
                "it is in another user namespace, where the CAP_SYS_PTRACE of pwsh has no effect.",
                "Run pwsh in the user namespace that is the parent of the target's, usually as root of the host.");
        }

        if (observer.PtraceScope == 3)
        {
            return Denied(
                "the kernel setting kernel.yama.ptrace_scope is 3, which forbids tracing to everybody until the next boot.",
                "Reboot with another setting. Until then no process can be read on this machine, not even with -NoBlock.");
        }

        if (!observer.HasSysPtrace && observer.PtraceScope is int scope and > 0)
        {
            return Denied(
                $"the kernel setting kernel.yama.ptrace_scope is {scope}, and CAP_SYS_PTRACE is missing.",
                BecomeRoot + " Or set it to 0: `sysctl kernel.yama.ptrace_scope=0`.");
        }

        return observer.HasSysPtrace || facts.IsDumpable == true
            ? Denied("a security module of the kernel (SELinux, AppArmor) may forbid it.", AskAudit)
            : Undumpable("may have");
    }

    // Without the capability all credentials must match, and the target must be dumpable.
    private static AccessDecision? DecideWithoutCapability(AccessFacts facts)
    {
        ObserverFacts observer = facts.Observer;
        ProcessFacts target = facts.Target;
        int own = unchecked((int)observer.UserId);
        if (target.UserIds.Real != own)
        {
            return Denied(
                $"it belongs to user {target.UserIds.Real}, this is user {observer.UserId}, and CAP_SYS_PTRACE is missing.",
                $"Run pwsh as user {target.UserIds.Real} or as root (sudo pwsh); in a container start it with --cap-add=SYS_PTRACE.");
        }

        if (!target.UserIds.AreAll(observer.UserId))
        {
            int other = target.UserIds.Effective != own ? target.UserIds.Effective : target.UserIds.Saved;
            return Denied($"it has the rights of user {other} (a set-user-id program), and CAP_SYS_PTRACE is missing.", BecomeRoot);
        }

        if (!target.GroupIds.AreAll(observer.GroupId))
        {
            return Denied(
                $"it runs with another group ({target.GroupIds.Effective}) than this process ({observer.GroupId}), and CAP_SYS_PTRACE is missing.",
                $"Run pwsh with that group (newgrp or sg), or as root (sudo pwsh).");
        }

        if (facts.IsSameUserNamespace == false)
        {
            return Denied("it is in another user namespace, and CAP_SYS_PTRACE is missing.", BecomeRoot);
        }

        if ((target.PermittedCapabilities & ~observer.PermittedCapabilities) != 0)
        {
            return Denied("it has capabilities that this process does not have, and CAP_SYS_PTRACE is missing.", BecomeRoot);
        }

        return facts.IsDumpable == false ? Undumpable("has") : null;
    }

    private static AccessDecision DecideTracing(AccessFacts facts)
    {
        if (!facts.Observer.CanCallTrace)
        {
            return facts.Observer.SeccompMode > 0
                ? Unstoppable("a seccomp filter is active on this process, as containers have it, and forbids the system call ptrace.", LiftFilter)
                : Unstoppable("this kernel, or a sandbox on it, does not have the system call ptrace.", "Run pwsh outside of the sandbox.");
        }

        if (facts.IsSelf)
        {
            return Unstoppable("it is the process that runs PyStack, which cannot stop itself.", "Look at it from another pwsh.");
        }

        if (facts.TracerId > 0)
        {
            return DecideTraced(facts);
        }

        if (facts.Target.State == 't')
        {
            return Unstoppable(
                "it is stopped by a tracer outside of this PID namespace, usually a debugger on the host.", "End that tracer.");
        }

        return facts.Refusal == AccessRefusal.None
            ? AccessDecision.Granted
            : Unstoppable("a security module of the kernel (SELinux, AppArmor) may forbid it.", AskAudit);
    }

    private static AccessDecision DecideTraced(AccessFacts facts)
    {
        if (facts.TracerId == System.Environment.ProcessId)
        {
            return new(
                true,
                EngineError.AlreadyTraced,
                "another Get-PyStack of this PowerShell is stopping it at the moment.",
                "Try again in a moment, or use -NoBlock, which does not need to trace.");
        }

        string name = facts.TracerName is null ? "" : $" ({facts.TracerName})";
        return new(
            true,
            EngineError.AlreadyTraced,
            $"it is being traced by process {facts.TracerId}{name}.",
            $"A process can have one tracer only. End process {facts.TracerId}, or use -NoBlock, which does not need to trace.");
    }

    private static AccessDecision Undumpable(string has) => Denied(
        $"the process {has} made itself undumpable (set-user-id, or prctl PR_SET_DUMPABLE), and CAP_SYS_PTRACE is missing.", BecomeRoot);

    private static AccessDecision Denied(string reason, string action) => new(false, EngineError.AccessDenied, reason, action);

    private static AccessDecision Unstoppable(string reason, string action)
        => new(true, EngineError.AccessDenied, reason, action + NoBlockHelps);
}
