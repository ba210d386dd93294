using System;
using System.Linq;
using PyStack.TestSupport.Interpreters;

namespace PyStack.TestSupport.Targets;

/// <summary>A target whose threads all count, and that tells how far they are: <c>tests/Programs/heartbeat.py</c>.</summary>
public sealed class Heartbeat : IDisposable
{
    public Heartbeat(Interpreter interpreter, int threads)
    {
        Target = Target.StartSilent(interpreter, "heartbeat.py", new() { Arguments = [$"{threads}"] });
        Target.ReadLine();
    }

    public Target Target { get; }

    /// <summary>Fails unless every thread goes on counting.</summary>
    public void AssertGoesOn()
    {
        ProcOracle.AssertRunsFreely(Target.ProcessId);
        long[] before = Ask();
        Wait.Until(() => Ask().Zip(before).All(pair => pair.First > pair.Second), $"a thread of {Target.ProcessId} counts no more");
    }

    public void Dispose() => Target.Dispose();

    private long[] Ask()
    {
        Target.WriteLine("?");
        return [.. Target.ReadLine().Split(' ').Select(long.Parse)];
    }
}
