using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;

namespace PyStack.Tests;

/// <summary>The cmdlet as it is, but for the engine: the session variable <c>$FakeSearch</c> is a <see cref="FakeSearch"/>.</summary>
[Cmdlet(VerbsCommon.Find, "PyDeadlock", DefaultParameterSetName = "Id")]
public sealed class FakeFindPyDeadlockCommand : FindPyDeadlockCommand
{
    internal override PyDeadlock[] Search(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => SessionState.PSVariable.GetValue("FakeSearch") is { } fake ? ((FakeSearch)(fake is PSObject wrapped ? wrapped.BaseObject : fake))(processId, options) : base.Search(processId, options, log, cancellation);

    internal override PyDeadlock[] SearchCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => SessionState.PSVariable.GetValue("FakeSearch") is null ? base.SearchCore(path, search, options, log, cancellation) : [];
}

internal delegate PyDeadlock[] FakeSearch(int processId, StackOptions options);
