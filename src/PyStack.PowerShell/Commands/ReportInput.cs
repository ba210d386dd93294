using System;
using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Reports;

namespace PyStack;

/// <summary>Takes objects for a report as they were made, and those of jobs, remoting, <c>Import-Clixml</c> and <c>ConvertFrom-Json</c>.</summary>
internal static class ReportInput
{
    private const string Advice = "Pipe the objects of Get-PyStack, Get-PyTask, Find-PyDeadlock, Measure-PyStack, Get-PyProcess or Get-PyCore, whole, to Export-PyReport: not their frames or other properties.";

    /// <summary>Adds an object to a report.</summary>
    /// <exception cref="EngineException">It is of another type, or not the whole of it is there.</exception>
    public static void Add(Report report, PSObject item)
    {
        object value = Of(item);
        if (!report.Add(value, MachineOf(item)))
        {
            throw new EngineException(EngineError.InvalidArgument, $"An object of the type {item.BaseObject.GetType().Name} is nothing that a report shows", Advice);
        }
    }

    private static object Of(PSObject item)
    {
        if (item.BaseObject is not PSCustomObject)
        {
            return item.BaseObject;
        }

        if (StackFormats.Of(item, asTree: false)?.Refusal(item) is { } refusal)
        {
            throw refusal;
        }

        return Type(item) switch
        {
            null => item,
            var type when type == typeof(PyProfile) => ProfileInput.Of(item),
            var type => Rehydration.Copy(type, item),
        };
    }

    // By the properties and not by the names of types: JSON has none, and objects that were selected have others. A deadlock has threads and tasks, but no frames.
    private static Type? Type(PSObject item)
    {
        bool Has(params string[] names) => names.All(name => item.Properties[name] is not null);
        return Has(nameof(PyTask.AwaitedBy), nameof(PyTask.Frames)) ? typeof(PyTask)
            : Has(nameof(PyThread.ThreadId), nameof(PyThread.Frames)) ? typeof(PyThread)
            : Has(nameof(PyDeadlock.Threads), nameof(PyDeadlock.Description)) ? typeof(PyDeadlock)
            : Has(nameof(PyProfile.Stacks), nameof(PyProfile.Samples)) ? typeof(PyProfile)
            : Has(nameof(PyCore.DumpedProcessId), nameof(PyCore.Path)) ? typeof(PyCore)
            : Has(nameof(PyProcess.CommandLine), nameof(PyProcess.Interpreters), nameof(PyProcess.Id)) ? typeof(PyProcess)
            : null;
    }

    // Remoting adds the machine's name to each object, and a job "localhost". Where an object from a file was read is not known.
    private static string MachineOf(PSObject item)
        => item.Properties["PSComputerName"]?.Value?.ToString() is { Length: > 0 } name && name != "localhost" ? name
            : item.BaseObject is not PSCustomObject || item.Properties["PSComputerName"] is not null ? Environment.MachineName
            : "";
}
