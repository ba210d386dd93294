using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;

namespace PyStack.Tests;

/// <summary>The cmdlet as it is, but for the engine: the session variable <c>$FakeTasks</c> is a <see cref="FakeTasks"/>.</summary>
[Cmdlet(VerbsCommon.Get, "PyTask", DefaultParameterSetName = "Id")]
public sealed class FakeGetPyTaskCommand : GetPyTaskCommand
{
    internal override PyTask[] Capture(int processId, TaskReader reader, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => Fake is { } fake ? fake(processId, reader, options, log, cancellation) : base.Capture(processId, reader, options, log, cancellation);

    internal override PyTask[] CaptureCore(string path, CoreSearch search, TaskReader reader, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => Fake is { } fake ? fake(0, reader, options, log, cancellation) : base.CaptureCore(path, search, reader, options, log, cancellation);

    internal override IEnumerable<PythonProcess> List(PythonProcesses all, int after, Predicate<string> isWanted) => [new PythonProcess(112, "service", ""), new PythonProcess(113, "service", "")];

    private FakeTasks? Fake => SessionState.PSVariable.GetValue("FakeTasks") is { } fake ? (FakeTasks)(fake is PSObject wrapped ? wrapped.BaseObject : fake) : null;
}

internal delegate PyTask[] FakeTasks(int processId, TaskReader reader, StackOptions options, IEngineLog log, CancellationToken cancellation);
