using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>Whether the stacks of a process may be taken, without taking them.</summary>
internal static class AccessTest
{
    /// <exception cref="EngineException">There is no such process, or it ended meanwhile.</exception>
    public static PyStackAccess Run(int processId)
    {
        ProcessFacts target = ProcessFacts.ReadLeader(processId);
        AccessFacts facts = AccessDiagnosis.Look(target, ObserverFacts.Read());
        if (facts.Refusal == AccessRefusal.Read && target.HasGone())
        {
            throw target.Exited();
        }

        return Describe(facts, AccessRules.Decide(facts));
    }

    /// <summary>Combines facts and decision.</summary>
    internal static PyStackAccess Describe(AccessFacts facts, AccessDecision decision) => new()
    {
        ProcessId = facts.Target.ProcessId,
        ProcessName = facts.Target.Name,
        IsAccessible = decision.IsGranted,
        CanReadWithoutStopping = decision.CanRead,
        Reason = decision.Sentence,
        RecommendedAction = decision.IsGranted ? null : decision.Action,
        UserId = unchecked((int)facts.Observer.UserId),
        TargetUserId = facts.Target.UserId,
        HasSysPtrace = facts.Observer.HasSysPtrace,
        PtraceScope = facts.Observer.PtraceScope,
        TracerId = facts.TracerId,
        IsSameUserNamespace = facts.IsSameUserNamespace,
        IsSamePidNamespace = facts.IsSamePidNamespace,
        SeccompMode = facts.Observer.SeccompMode,
    };
}
