using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Finds threads and asyncio tasks that wait for each other, and locks whose holder no longer exists.</para>
/// </summary>
[Cmdlet(VerbsCommon.Find, "PyDeadlock", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Find-PyDeadlock.md")]
[OutputType(typeof(PyDeadlock))]
public class FindPyDeadlockCommand : StackTargetCmdlet
{
    // A deadlock of several processes is found from each of them.
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    private protected override object[] ReadProcess(int processId)
        => Search(processId, StackOptions.Default with { NoBlock = NoBlock, Exhaustive = Exhaustive }, Log, StopToken);

    private protected override object[] ReadCore(string path, CoreSearch search)
        => SearchCore(path, search, StackOptions.Default with { Exhaustive = Exhaustive }, Log, StopToken);

    private protected override object[] Prepare(object[] objects) => Array.FindAll(objects, one => _written.Add(KeyOf((PyDeadlock)one)));

    /// <summary>Searches one process; with <see cref="SearchCore"/> the only place where this cmdlet uses the engine.</summary>
    internal virtual PyDeadlock[] Search(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => DeadlockSearch.OfProcess(processId, options, log, cancellation);

    /// <summary>Searches one core.</summary>
    internal virtual PyDeadlock[] SearchCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => DeadlockSearch.OfCore(path, search, options, log, cancellation);

    private static string KeyOf(PyDeadlock deadlock)
    {
        SortedSet<string> keys = new(StringComparer.Ordinal);
        foreach (PyThread thread in deadlock.Threads)
        {
            keys.Add($"{thread.Path}:{thread.ProcessId}:{thread.ThreadId}");
        }

        foreach (PyTask task in deadlock.Tasks)
        {
            keys.Add($"{task.Path}:{task.ProcessId}:{task.Id}");
        }

        return string.Join(' ', keys);
    }
}
