using System;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests;

/// <summary>PID and mount namespaces of a test's own, made with util-linux's <c>unshare</c>: all that runs in them ends with their first process.</summary>
internal static class Namespaces
{
    /// <summary>What stands before a command for it to run in them, as root of them.</summary>
    public static string[] New { get; } =
        ["unshare", .. Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--user", "--map-root-user"], "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];

    /// <summary>Whether there are any to be had.</summary>
    public static bool AreAllowed { get; } = ProcessRun.Run(TestSupport.Targets.Commands.Quiet([.. New, "true"]), Wait.Limit).ExitCode == 0;

    /// <summary>Skips the test where there are none to be had.</summary>
    public static void SkipWithout() => Assert.SkipUnless(AreAllowed, "this kernel or sandbox allows no namespaces of one's own (unshare)");
}
