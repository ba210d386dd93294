using System;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Targets;
using Xunit;
using Xunit.Sdk;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Captures as the tests take them.</summary>
internal static class Captures
{
    /// <summary>Source files, and what is known of waits outside of the target, are waited for on a machine that has other things to do.</summary>
    public static readonly StackOptions Blocking = new() { Limits = Limits.Default with { SourceTime = TimeSpan.FromMinutes(1), WaitTime = TimeSpan.FromMinutes(1) } };
    public static readonly StackOptions NoBlock = Blocking with { NoBlock = true };
    public static readonly StackOptions Native = Blocking with { Native = NativeMode.Merged };

    /// <summary>
    /// Checks something without a stop and then with stops, on the same target: one start serves both. Not the other way round: a thread that was
    /// stopped in a system call begins it anew, and on a busy machine it is some time until it sleeps again.
    /// </summary>
    public static void InBothModes(Action<bool> check)
    {
        foreach (bool noBlock in (bool[])[true, false])
        {
            try
            {
                check(noBlock);
            }
            catch (Exception e) when (e is not SkipException)
            {
                throw new InvalidOperationException($"{(noBlock ? "Without a stop" : "With stops")}: {e.Message}", e);
            }
        }
    }

    public static StackSession Open(int processId, StackOptions options)
        => StackSession.OpenProcess(processId, options, SilentLog.Instance, TestContext.Current.CancellationToken);

    public static PyThread[] Take(this StackSession session) => session.Capture(TestContext.Current.CancellationToken);

    /// <summary>One capture in a session of its own.</summary>
    public static PyThread[] Once(Target target, StackOptions options)
    {
        using StackSession session = Open(target.ProcessId, options);
        return session.Take();
    }
}
