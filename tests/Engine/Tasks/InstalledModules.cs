using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>
/// Which interpreters of the machine have some packages. <c>PYSTACK_TEST_MODULES</c>, folders as in PYTHONPATH, gives them packages that are not installed: sources of other versions, for runs by hand.
/// </summary>
internal static class InstalledModules
{
    private static readonly string? More = Environment.GetEnvironmentVariable("PYSTACK_TEST_MODULES");
    private static readonly ConcurrentDictionary<(string Interpreter, string Modules), bool> Known = [];

    /// <summary>The names of the interpreters that can import all of these modules; one that is empty if none can.</summary>
    public static TheoryData<string> InterpretersWith(params string[] modules) => [.. InterpreterSet.All.Where(one => Has(one, modules)).Select(one => one.Name).DefaultIfEmpty("")];

    /// <summary>Starts a program with an interpreter of <see cref="InterpretersWith"/>; skips the test if there is none.</summary>
    public static Target Start(string interpreter, string program, params string[] arguments)
    {
        Assert.SkipUnless(interpreter.Length > 0, "no interpreter here has the package installed");
        Interpreter one = InterpreterSet.Named(interpreter);
        return Target.StartSilent(one, program, new() { Arguments = arguments, Environment = PathFor(one) });
    }

    private static bool Has(Interpreter interpreter, string[] modules)
        => interpreter is { Major: 3, HasOwnRoot: false } && Known.GetOrAdd((interpreter.Name, string.Join(", ", modules)), key => CanImport(interpreter, key.Modules));

    private static bool CanImport(Interpreter interpreter, string modules)
    {
        try
        {
            Commands.Run(["/usr/bin/env", .. PathFor(interpreter).Select(pair => $"{pair.Key}={pair.Value}"), .. interpreter.Command, "-c", $"import {modules}"]);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Dictionary<string, string> PathFor(Interpreter interpreter)
        => new() { ["PYTHONPATH"] = More is null ? interpreter.ProgramsAsSeen : $"{interpreter.ProgramsAsSeen}:{More}" };
}
