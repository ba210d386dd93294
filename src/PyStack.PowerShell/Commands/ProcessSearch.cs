using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>Finds the machine's Python processes by their names for a cmdlet. As Get-Process does it: a pattern may match none, a name without a match is an error.</summary>
internal sealed class ProcessSearch
{
    /// <summary>Of so many processes of one name each gets an error of its own.</summary>
    private const int MaxErrors = 20;

    private readonly PyStackCmdlet _cmdlet;
    private readonly List<(string Name, WildcardPattern Pattern)> _wanted;
    private readonly bool[] _hasMatch;
    private readonly bool _takesAll;

    /// <param name="names">Names and patterns; none for all processes. An invalid pattern is written as an error, and the others are used.</param>
    public ProcessSearch(PyStackCmdlet cmdlet, string[] names)
    {
        _cmdlet = cmdlet;
        _takesAll = names.Length == 0;
        _wanted = new(names.Length);
        foreach (string name in names)
        {
            if (cmdlet.TryRun(name, () => Wildcards.Parse(name), out WildcardPattern? pattern))
            {
                _wanted.Add((name, pattern!));
            }
        }

        _hasMatch = new bool[_wanted.Count];
    }

    /// <summary>How many processes <see cref="ForEach"/> has left out because they may not be read.</summary>
    public int Refused { get; private set; }

    /// <summary>Whether a process of this name is one of those that are looked for.</summary>
    public bool IsWanted(string name)
    {
        bool isWanted = _takesAll;
        for (int i = 0; i < _wanted.Count; i++)
        {
            bool fits = _wanted[i].Pattern.IsMatch(name);
            _hasMatch[i] |= fits;
            isWanted |= fits;
        }

        return isWanted;
    }

    /// <summary>Does something with each process as soon as it is found. One that does not answer is an error, and the list continues after it.</summary>
    /// <param name="list">Makes the list of the ids after a number; on another thread than the pipeline's.</param>
    /// <param name="found">Gets each of them on the pipeline's thread.</param>
    public void ForEach<T>(Func<PythonProcesses, int, IEnumerable<T>> list, Action<T> found)
        where T : class
    {
        if (!_takesAll && _wanted.Count == 0)
        {
            return;
        }

        int after, position = 0;
        bool isEmpty = true;
        List<(int ProcessId, string Name)> refused = [];
        do
        {
            after = position;
            // A new one: an abandoned thread may still use the one before.
            PythonProcesses all = new(_cmdlet.Log);
            using IEnumerator<T> processes = list(all, after).GetEnumerator();
            while (_cmdlet.TryRunWatched("/proc", "A process of the list", () => processes.MoveNext() ? processes.Current : null, out T? process) && process is not null)
            {
                isEmpty = false;
                found(process);
            }

            refused.AddRange(all.Refused);
            position = all.Position;
        }
        while (_cmdlet.LastError == EngineError.NotResponding && position > after && !_cmdlet.StopToken.IsCancellationRequested);

        if (_cmdlet.StopToken.IsCancellationRequested)
        {
            return;
        }

        Refused = refused.Count;
        if (_takesAll && isEmpty && refused.Count > 0)
        {
            Warn(refused);
        }

        for (int i = 0; i < _wanted.Count; i++)
        {
            Conclude(i, refused.FindAll(process => _wanted[i].Pattern.IsMatch(process.Name)));
        }
    }

    // Whether a process that may not be read has Python is unknown, so "there is none" would be a guess.
    private void Conclude(int index, List<(int ProcessId, string Name)> refused)
    {
        string name = _wanted[index].Name;
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            if (refused.Count > 0)
            {
                Warn(refused);
            }
        }
        else if (refused.Count > 0)
        {
            foreach ((int processId, _) in refused[..Math.Min(refused.Count, MaxErrors)])
            {
                // Which says why, as it does for the id.
                _ = _cmdlet.TryRunWatched(processId, $"Process {processId}", () => new PythonProcesses(_cmdlet.Log).Get(processId), out _);
            }
        }
        else if (!_hasMatch[index])
        {
            _cmdlet.WriteError(ErrorRecords.From(ErrorRecords.NoSuchName(name), name));
        }
    }

    private void Warn(List<(int ProcessId, string Name)> refused)
    {
        (int processId, string name) = refused[0];
        _cmdlet.Log.Warning(refused.Count == 1
            ? $"Process {processId} ({name}) is left out, because it may not be read. Run pwsh as root to see it; Test-PyStackAccess {processId} says why."
            : $"{refused.Count} processes are left out, because they may not be read, among them {processId} ({name}). Run pwsh as root to see them; Test-PyStackAccess {processId} says why.");
    }
}
