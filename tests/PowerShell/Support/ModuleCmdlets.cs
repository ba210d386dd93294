using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using Xunit;

namespace PyStack.Tests;

/// <summary>The cmdlets that the module's assembly holds.</summary>
public static class ModuleCmdlets
{
    /// <summary>By their names, in alphabetical order.</summary>
    public static IReadOnlyDictionary<string, CmdletInfo> All { get; } = new SortedDictionary<string, CmdletInfo>(
        typeof(GetPyStackCommand).Assembly.GetTypes()
            .Select(type => (Type: type, Cmdlet: type.GetCustomAttribute<CmdletAttribute>()))
            .Where(one => one.Cmdlet is not null)
            .ToDictionary(one => $"{one.Cmdlet!.VerbName}-{one.Cmdlet.NounName}", one => new CmdletInfo($"{one.Cmdlet!.VerbName}-{one.Cmdlet.NounName}", one.Type)),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Their names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];
}
