using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace PyStack.TestSupport.Interpreters;

/// <summary>
/// Looks for interpreters where they can be: pyenv's versions, the PATH, the distribution's own folder, and the roots that
/// <c>tests/pythons.sh</c> unpacks.
/// </summary>
internal sealed partial class InterpreterDiscovery
{
    private static readonly string Pyenv = Environment.GetEnvironmentVariable("PYENV_ROOT") is { Length: > 0 } set ? set : "/nonexistent";
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public List<Interpreter> Interpreters { get; } = [];

    /// <summary>Those of series that the engine does not know: before 2.7, and 3.0 to 3.5.</summary>
    public List<Interpreter> Older { get; } = [];

    public List<string> Refused { get; } = [];

    [GeneratedRegex(@"^python(2(\.\d+)?|3(\.\d+t?)?)$")]
    private static partial Regex ExecutableName();

    public static InterpreterDiscovery Run()
    {
        InterpreterDiscovery discovery = new();
        string versions = Path.Combine(Pyenv, "versions");
        string[] pyenv = Directory.Exists(versions) ? [.. Directory.GetDirectories(versions).Order(StringComparer.Ordinal)] : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (string folder in pyenv.Select(one => Path.Combine(one, "bin")).Concat(path).Append("/usr/bin").Where(Directory.Exists))
        {
            discovery.AddFolder(folder);
        }

        discovery.AddCache(Path.Combine(Repository.Cache, "pythons"));
        discovery.Interpreters.Sort((a, b) => Rank(a).CompareTo(Rank(b)));
        return discovery;

        static (int, int, bool, int, string, string) Rank(Interpreter one) => (one.Major, one.Minor, one.IsVariant || one.IsJit, one.Version.Length, one.Version, one.Name);
    }

    private void AddFolder(string folder)
    {
        foreach (string found in Directory.GetFiles(folder, "python*").Where(path => ExecutableName().IsMatch(Path.GetFileName(path))))
        {
            if (InterpreterProbe.TryResolveElf(found, out string executable) && _seen.Add(executable))
            {
                string origin = executable.StartsWith(Pyenv + "/", StringComparison.Ordinal) ? "pyenv" : executable;
                Add(InterpreterProbe.Ask([executable], executable, origin, out string? refusal), refusal);
            }
        }
    }

    // The cache's tables: name, version, suite, root, executable (in the root), wrapper, debug file; and name, reason.
    private void AddCache(string cache)
    {
        foreach (string[] row in Rows(Path.Combine(cache, "pythons.tsv")))
        {
            if (row[3] == "-")
            {
                // It runs on this machine's own libraries: built here, or of the same release.
                string own = Path.Combine(cache, row[4]);
                Add(InterpreterProbe.Ask([own], own, row[0].EndsWith("-dbg", StringComparison.Ordinal) ? $"{row[2]} {row[0]}" : $"built {row[0]}", out string? reason), reason);
                continue;
            }

            string root = Path.Combine(cache, row[3]);
            foreach (RootStart start in RootStart.WaysInto(root, "/" + row[4]))
            {
                string executable = Path.Combine(root, row[4]);
                Add(InterpreterProbe.Ask(start.Command, executable, $"{row[2]} {row[0]} ({start.Name})", out string? refusal, start.Programs), refusal);
                if (start.Programs is null && !row[0].EndsWith('d'))
                {
                    AddJit(start, executable, $"{row[2]} {row[0]} (JIT)");
                }
            }
        }

        Refused.AddRange(Rows(Path.Combine(cache, "absent.tsv")).Select(row => $"{row[0]} of tests/pythons.sh: {row[1]}"));
    }

    // Debian compiles it in from 3.14 on; it is switched on by a variable of the environment.
    private void AddJit(RootStart start, string executable, string origin)
    {
        Interpreter? found = InterpreterProbe.Ask(["/usr/bin/env", "PYTHON_JIT=1", .. start.Command], executable, origin, out _);
        if (found is { IsJit: true })
        {
            Add(found, null);
        }
    }

    private static IEnumerable<string[]> Rows(string table)
        => File.Exists(table) ? File.ReadLines(table).Select(line => line.Split('\t')).Where(row => row.Length > 1) : [];

    private void Add(Interpreter? interpreter, string? refusal)
    {
        if (interpreter is null)
        {
            Refused.Add(refusal!);
        }
        else if (InterpreterSet.Series.Contains((interpreter.Major, interpreter.Minor)) || interpreter.IsAtLeast(InterpreterSet.Series[^1].Major, InterpreterSet.Series[^1].Minor + 1))
        {
            bool isTaken = Interpreters.Exists(one => one.Name == interpreter.Name);
            Interpreters.Add(isTaken ? interpreter with { Name = $"{interpreter.Name} {interpreter.Executable}" } : interpreter);
        }
        else
        {
            Older.Add(interpreter);
        }
    }
}
