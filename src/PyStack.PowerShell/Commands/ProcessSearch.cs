using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>Finds the machine's Python processes by their names for a cmdlet. As Get-Process does it: a pattern may match none, a name without a match is an error.</summary>
internal sealed class ProcessSearch
{
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
        do
        {
            after = position;
            // A new one: an abandoned thread may still use the one before.
            PythonProcesses all = new(_cmdlet.Log);
            using IEnumerator<T> processes = list(all, after).GetEnumerator();
            while (_cmdlet.TryRunWatched("/proc", "A process of the list", () => processes.MoveNext() ? processes.Current : null, out T? process) && process is not null)
            {
                found(process);
            }

            position = all.Position;
        }
        while (_cmdlet.LastError == EngineError.NotResponding && position > after && !_cmdlet.StopToken.IsCancellationRequested);

        for (int i = 0; i < _wanted.Count && !_cmdlet.StopToken.IsCancellationRequested; i++)
        {
            string name = _wanted[i].Name;
            if (!_hasMatch[i] && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                _cmdlet.WriteError(ErrorRecords.From(ErrorRecords.NoSuchName(name), name));
            }
        }
    }
}
