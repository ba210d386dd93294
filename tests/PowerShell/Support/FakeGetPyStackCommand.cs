using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;

namespace PyStack.Tests;

/// <summary>What stands for the engine: the session variable <c>$FakeEngine</c> holds one.</summary>
internal sealed class FakeEngine
{
    public required Func<int, StackOptions, IEngineLog, CancellationToken, PyThread[]> Capture { get; init; }

    /// <summary>The Python processes that there are, each with its parent; null for those of the machine.</summary>
    public (int Id, int ParentId, string Name)[]? Processes { get; init; }

    /// <summary>The cores that were asked for.</summary>
    public List<string> Cores { get; } = [];
}

/// <summary>The cmdlet as it is, but for the engine behind it.</summary>
[Cmdlet(VerbsCommon.Get, "PyStack", DefaultParameterSetName = "Id")]
public sealed class FakeGetPyStackCommand : GetPyStackCommand
{
    internal override PyThread[] Capture(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        return Engine().Capture(processId, options, log, cancellation);
    }

    internal override PyThread[] CaptureCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        if (SessionState.PSVariable.GetValue("FakeEngine") is null)
        {
            return base.CaptureCore(path, search, options, log, cancellation);
        }

        Engine().Cores.Add(path);
        return [];
    }

    internal override IEnumerable<PythonProcess> List(PythonProcesses all, int after, Predicate<string> isWanted)
        => Engine().Processes is { } processes
            ? processes.Where(one => isWanted(one.Name)).Select(one => new PythonProcess(one.Id, one.Name, ""))
            : base.List(all, after, isWanted);

    internal override ProcessTree ReadTree()
        => Engine().Processes is { } processes ? new ProcessTree(processes.Select(one => (one.Id, one.ParentId))) : base.ReadTree();

    private FakeEngine Engine()
    {
        object value = SessionState.PSVariable.GetValue("FakeEngine");
        return (FakeEngine)(value is PSObject wrapped ? wrapped.BaseObject : value);
    }
}
