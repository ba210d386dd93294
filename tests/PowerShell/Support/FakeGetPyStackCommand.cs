using System;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;

namespace PyStack.Tests;

/// <summary>What stands for the engine: the session variable <c>$FakeEngine</c> holds one.</summary>
internal sealed class FakeEngine
{
    public required Func<int, StackOptions, IEngineLog, CancellationToken, PyThread[]> Capture { get; init; }
}

/// <summary>The cmdlet as it is, but for the engine behind it.</summary>
[Cmdlet(VerbsCommon.Get, "PyStack", DefaultParameterSetName = "Id")]
public sealed class FakeGetPyStackCommand : GetPyStackCommand
{
    internal override PyThread[] Capture(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        object value = SessionState.PSVariable.GetValue("FakeEngine");
        var engine = (FakeEngine)(value is PSObject wrapped ? wrapped.BaseObject : value);
        return engine.Capture(processId, options, log, cancellation);
    }
}
