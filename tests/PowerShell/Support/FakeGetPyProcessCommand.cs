using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack.Tests;

/// <summary>The cmdlet as it is, but for the list of the machine's processes where the session variable <c>$FakeProcesses</c> holds one.</summary>
[Cmdlet(VerbsCommon.Get, "PyProcess", DefaultParameterSetName = "Name")]
public sealed class FakeGetPyProcessCommand : GetPyProcessCommand
{
    internal override IEnumerable<PyProcess> List(PythonProcesses all, int after, Predicate<string> isWanted)
    {
        object? value = SessionState.PSVariable.GetValue("FakeProcesses");
        return (value is PSObject wrapped ? wrapped.BaseObject : value) is IEnumerable<PyProcess> processes
            ? processes.Where(process => isWanted(process.Name))
            : base.List(all, after, isWanted);
    }
}
