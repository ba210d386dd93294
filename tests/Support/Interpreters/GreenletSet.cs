using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.TestSupport.Targets;

namespace PyStack.TestSupport.Interpreters;

/// <summary>A greenlet that an interpreter can import: unpacked or compiled by <c>tests/greenlets.sh</c>.</summary>
/// <param name="Version">Of greenlet.</param>
/// <param name="HasGevent">Whether gevent and eventlet are there as well.</param>
public sealed record GreenletInstall(string Version, Interpreter Interpreter, IReadOnlyDictionary<string, string> Environment, bool HasGevent)
{
    public string Name => $"greenlet {Version}, {Interpreter.Name}";

    /// <summary>Starts a test program with it.</summary>
    public Target Start(string program, params string[] arguments)
        => Target.StartSilent(Interpreter, program, new TargetOptions { Environment = Environment, Arguments = arguments });
}

/// <summary>Every greenlet that the interpreters of this machine can import.</summary>
public static class GreenletSet
{
    /// <summary>Why there is none at all.</summary>
    public const string None = "no greenlet: tests/greenlets.sh has not run, or could not get any";

    private static readonly Lazy<List<GreenletInstall>> Found = new(Find);

    public static IReadOnlyList<GreenletInstall> All => Found.Value;

    public static GreenletInstall Named(string name) => All.First(one => one.Name == name);

    private static List<GreenletInstall> Find()
    {
        string cache = Path.Combine(Repository.Cache, "greenlets");
        string table = Path.Combine(cache, "greenlets.tsv");
        List<GreenletInstall> installs = [];
        foreach (string[] row in File.Exists(table) ? File.ReadLines(table).Select(line => line.Split('\t')) : [])
        {
            Interpreter? interpreter = InterpreterSet.All.FirstOrDefault(one => $"{one.Major}.{one.Minor}" == row[1] && one is { IsVariant: false, IsJit: false, IsFreeThreaded: false });
            if (interpreter is null)
            {
                continue;
            }

            Dictionary<string, string> environment = new() { ["PYTHONPATH"] = Path.Combine(cache, row[2]) + ":" + interpreter.ProgramsAsSeen };
            if (row[4] != "-")
            {
                environment["LD_PRELOAD"] = Path.Combine(cache, row[4]);
            }
            else if (row[3] != "-")
            {
                environment["LD_LIBRARY_PATH"] = Path.Combine(cache, row[3]);
            }

            installs.Add(new GreenletInstall(row[0], interpreter, environment, row[5].Contains("gevent", StringComparison.Ordinal)));
        }

        return [.. installs.OrderBy(one => one.Interpreter.Minor)];
    }
}
