using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the Python processes of the machine.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyProcess", DefaultParameterSetName = NameSet, HelpUri = HelpPages.Folder + "Get-PyProcess.md")]
[OutputType(typeof(PyProcess))]
public class GetPyProcessCommand : PyStackCmdlet
{
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    private ProcessDetails? _details;
    private PythonProcesses? _all;
    private int _after;

    /// <summary>The names that a process may have, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0)]
    [Alias("ProcessName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProcessNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The processes to read.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] Id { get; set; } = [];

    private ProcessDetails Details => _details ??= new ProcessDetails(Log);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == IdSet)
        {
            WriteEach();
        }
        else
        {
            WriteAll();
        }
    }

    /// <summary>The machine's Python processes with one of the names, each as soon as it is found.</summary>
    internal virtual IEnumerable<PyProcess> List(Predicate<string> isWanted)
    {
        // Both again: an abandoned worker may still use the old ones.
        PythonProcesses all = _all = new PythonProcesses(Log);
        _details = new ProcessDetails(Log);
        foreach (PythonProcess process in all.Find(StopToken, _after))
        {
            if (isWanted(process.Name) && TryDescribe(process) is PyProcess found)
            {
                yield return found;
            }
        }
    }

    // One process that cannot be described must not end the list.
    private PyProcess? TryDescribe(PythonProcess process)
    {
        try
        {
            return Details.Describe(process);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Verbose($"Process {process.ProcessId} ({process.Name}) is left out: {e.Message}");
            return null;
        }
    }

    /// <summary>One process; null if it has just ended.</summary>
    internal virtual PyProcess? Find(int processId) => Details.Describe(new PythonProcesses(Log).Get(processId));

    private void WriteEach()
    {
        HashSet<int> seen = [];
        foreach (int id in Id)
        {
            if (!StopToken.IsCancellationRequested
                && seen.Add(id)
                && TryRunWatched(id, $"Process {id}", () => Find(id > 0 ? id : throw ErrorRecords.NoSuchProcess(id)), out PyProcess? process)
                && process is not null)
            {
                WriteObject(process);
            }
        }
    }

    private void WriteAll()
    {
        List<(string Name, WildcardPattern Pattern)> wanted = Patterns();
        if (Name.Length > 0 && wanted.Count == 0)
        {
            return;
        }

        bool[] hasMatch = new bool[wanted.Count];
        do
        {
            _after = _all?.Position ?? 0;
            WriteFrom(List(IsWanted));
        }
        while (LastError == EngineError.NotResponding && _all is not null && !StopToken.IsCancellationRequested);

        for (int i = 0; i < wanted.Count && !StopToken.IsCancellationRequested; i++)
        {
            // As Get-Process does it: a pattern may match nothing, a name without a match is an error.
            string name = wanted[i].Name;
            if (!hasMatch[i] && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(ErrorRecords.From(ErrorRecords.NoSuchName(name), name));
            }
        }

        bool IsWanted(string name)
        {
            bool isWanted = wanted.Count == 0;
            for (int i = 0; i < wanted.Count; i++)
            {
                bool fits = wanted[i].Pattern.IsMatch(name);
                hasMatch[i] |= fits;
                isWanted |= fits;
            }

            return isWanted;
        }
    }

    // A process that does not answer is an error, and the list continues after it.
    private void WriteFrom(IEnumerable<PyProcess> list)
    {
        using IEnumerator<PyProcess> processes = list.GetEnumerator();
        while (TryRunWatched("/proc", "A process of the list", () => processes.MoveNext() ? processes.Current : null, out PyProcess? process) && process is not null)
        {
            WriteObject(process);
        }
    }

    /// <summary>The names as patterns; an invalid one is an error, and the others are still used.</summary>
    private List<(string Name, WildcardPattern Pattern)> Patterns()
    {
        List<(string, WildcardPattern)> patterns = new(Name.Length);
        foreach (string name in Name)
        {
            if (TryRun(name, () => Wildcards.Parse(name), out WildcardPattern? pattern))
            {
                patterns.Add((name, pattern!));
            }
        }

        return patterns;
    }
}
