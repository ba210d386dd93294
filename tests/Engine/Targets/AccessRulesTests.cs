using System;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>The decision whether a process may be looked at, row by row, on facts made up.</summary>
public sealed class AccessRulesTests
{
    private static readonly ObserverFacts User = new() { UserId = 1000, GroupId = 100, SeccompMode = 0 };
    private static readonly ObserverFacts Root = new() { UserId = 0, GroupId = 0, HasSysPtrace = true, PermittedCapabilities = ulong.MaxValue };

    private static readonly ProcessFacts OfUser = new(112, "python3", 112, 'S', 0, 1000, 1)
    {
        UserIds = new(1000, 1000, 1000),
        GroupIds = new(100, 100, 100),
        ThreadCount = 1,
    };

    private static AccessFacts Facts(ObserverFacts observer, ProcessFacts target, AccessRefusal refusal = AccessRefusal.Read) => new()
    {
        Observer = observer,
        Target = target,
        Refusal = refusal,
        IsSameUserNamespace = true,
        IsSamePidNamespace = true,
        IsDumpable = true,
    };

    private static void AssertDecision(AccessFacts facts, string error, bool canRead, string reason, string action)
    {
        AccessDecision decision = AccessRules.Decide(facts);
        Assert.Equal((error, canRead), (decision.Error.ToString(), decision.CanRead));
        Assert.Contains(reason, decision.Reason, StringComparison.Ordinal);
        Assert.Contains(action, decision.Action, StringComparison.Ordinal);
        Assert.Contains(decision.Reason, decision.ToException(facts.Target).Message, StringComparison.Ordinal);
        Assert.EndsWith(".", decision.Action, StringComparison.Ordinal);
        Assert.EndsWith(".", decision.Sentence, StringComparison.Ordinal);
        Assert.True(char.IsUpper(decision.Sentence![0]));
    }

    [Fact]
    public void What_can_be_read_and_is_not_traced_is_granted()
    {
        AccessDecision decision = AccessRules.Decide(Facts(User, OfUser, AccessRefusal.None));
        Assert.Equal((true, true, null), (decision.IsGranted, decision.CanRead, decision.Sentence));
    }

    [Fact]
    public void Another_user_is_named() => AssertDecision(
        Facts(User with { UserId = 1001 }, OfUser), "AccessDenied", false,
        "belongs to user 1000, this is user 1001, and CAP_SYS_PTRACE is missing", "as user 1000 or as root");

    [Fact]
    public void A_set_user_id_program_of_our_own_is_explained() => AssertDecision(
        Facts(User, OfUser with { UserIds = new(1000, 0, 0) }), "AccessDenied", false, "the rights of user 0 (a set-user-id program)", "as root");

    [Fact]
    public void A_saved_user_id_alone_is_enough_to_be_refused() => AssertDecision(
        Facts(User, OfUser with { UserIds = new(1000, 1000, 33) }), "AccessDenied", false, "the rights of user 33", "as root");

    [Fact]
    public void Another_group_is_named() => AssertDecision(
        Facts(User, OfUser with { GroupIds = new(100, 42, 42) }), "AccessDenied", false, "another group (42) than this process (100)", "newgrp");

    [Fact]
    public void A_target_with_more_capabilities_is_explained() => AssertDecision(
        Facts(User, OfUser with { PermittedCapabilities = 1 << 13 }), "AccessDenied", false, "capabilities that this process does not have", "as root");

    [Theory]
    [InlineData(false, "has made itself undumpable")]
    [InlineData(null, "may have made itself undumpable")]
    public void An_undumpable_target_is_explained(bool? dumpable, string reason) => AssertDecision(
        Facts(User, OfUser) with { IsDumpable = dumpable }, "AccessDenied", false, reason, "as root");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Yama_is_named_with_its_setting(int scope) => AssertDecision(
        Facts(User with { PtraceScope = scope }, OfUser), "AccessDenied", false,
        $"kernel.yama.ptrace_scope is {scope}, and CAP_SYS_PTRACE is missing", "sysctl kernel.yama.ptrace_scope=0");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Yama_3_forbids_it_to_root_too(bool isRoot) => AssertDecision(
        Facts((isRoot ? Root : User) with { PtraceScope = 3 }, OfUser), "AccessDenied", false, "ptrace_scope is 3", "Reboot with another setting");

    [Fact]
    public void Yama_0_is_no_reason() => AssertDecision(
        Facts(User with { PtraceScope = 0 }, OfUser), "AccessDenied", false, "security module", "audit log");

    [Fact]
    public void Yama_is_no_reason_for_root() => AssertDecision(
        Facts(Root with { PtraceScope = 2 }, OfUser), "AccessDenied", false, "security module", "audit log");

    [Fact]
    public void A_user_namespace_in_which_our_capability_does_not_count_is_named() => AssertDecision(
        Facts(Root, OfUser) with { IsSameUserNamespace = false }, "AccessDenied", false, "another user namespace, where", "parent of the target's");

    [Fact]
    public void A_user_namespace_without_any_capability_is_named() => AssertDecision(
        Facts(User, OfUser) with { IsSameUserNamespace = false }, "AccessDenied", false, "another user namespace, and", "as root");

    [Fact]
    public void A_user_namespace_that_lets_us_in_is_no_reason()
        => Assert.True(AccessRules.Decide(Facts(Root, OfUser, AccessRefusal.None) with { IsSameUserNamespace = false }).IsGranted);

    [Fact]
    public void A_seccomp_filter_that_forbids_reading_is_named_before_all_else() => AssertDecision(
        Facts(Root with { SeccompMode = 2, CanCallRead = false }, OfUser), "AccessDenied", false, "seccomp filter", "seccomp=unconfined");

    [Fact]
    public void A_seccomp_filter_that_forbids_stopping_only_leaves_NoBlock() => AssertDecision(
        Facts(Root with { SeccompMode = 2, CanCallTrace = false }, OfUser, AccessRefusal.None), "AccessDenied", true, "the system call ptrace", "-NoBlock");

    [Fact]
    public void A_seccomp_filter_that_forbids_neither_is_no_reason() => AssertDecision(
        Facts(Root with { SeccompMode = 2 }, OfUser), "AccessDenied", false, "security module", "audit log");

    [Fact]
    public void A_sandbox_without_the_system_call_is_named() => AssertDecision(
        Facts(Root with { CanCallRead = false }, OfUser), "CannotRead", false, "does not have the system call process_vm_readv", "outside of the sandbox");

    [Fact]
    public void A_tracer_is_named_and_leaves_NoBlock() => AssertDecision(
        Facts(Root, OfUser, AccessRefusal.None) with { TracerId = 77, TracerName = "gdb" }, "AlreadyTraced", true,
        "traced by process 77 (gdb)", "End process 77, or use -NoBlock");

    [Fact]
    public void A_tracer_is_no_reason_where_even_reading_is_refused() => AssertDecision(
        Facts(User with { UserId = 1 }, OfUser) with { TracerId = 77 }, "AccessDenied", false, "belongs to user 1000", "as user 1000");

    [Fact]
    public void Another_call_of_ours_is_not_called_a_debugger() => AssertDecision(
        Facts(Root, OfUser, AccessRefusal.Trace) with { TracerId = Environment.ProcessId }, "AlreadyTraced", true, "another Get-PyStack", "Try again");

    [Fact]
    public void A_tracer_that_cannot_be_seen_is_guessed_from_the_state() => AssertDecision(
        Facts(Root, OfUser with { State = 't' }, AccessRefusal.None), "AccessDenied", true, "outside of this PID namespace", "-NoBlock");

    [Fact]
    public void A_refused_trace_without_any_reason_is_the_security_modules() => AssertDecision(
        Facts(Root, OfUser, AccessRefusal.Trace), "AccessDenied", true, "security module", "-NoBlock");

    [Fact]
    public void A_process_cannot_stop_itself() => AssertDecision(
        Facts(Root, OfUser, AccessRefusal.None) with { IsSelf = true }, "AccessDenied", true, "the process that runs PyStack", "another pwsh");

    [Fact]
    public void A_zombie_has_ended() => AssertDecision(
        Facts(Root, OfUser with { State = 'Z' }, AccessRefusal.None), "ProcessExited", false, "has ended", "parent process");

    [Fact]
    public void A_kernel_thread_has_no_memory() => AssertDecision(
        Facts(Root, OfUser with { IsKernelThread = true }, AccessRefusal.None), "NotPython", false, "kernel's own threads", "Get-PyProcess");
}
