namespace PyStack.Engine.Targets.Core;

/// <summary>What <c>NT_PRPSINFO</c> says about the process (linux/elfcore.h).</summary>
/// <param name="State"><c>pr_sname</c>: R, S, D, T, Z …</param>
/// <param name="Name"><c>pr_fname</c>: the leader's name, at most 15 characters.</param>
/// <param name="Arguments"><c>pr_psargs</c>: at most 79 characters.</param>
internal sealed record CoreProcessInfo(
    int ProcessId, int ParentId, int ProcessGroupId, int SessionId, uint UserId, uint GroupId, char State, string Name, string Arguments);
