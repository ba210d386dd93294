using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>An interpreter's program may have any name: what tells is what it holds, or the library that it loads.</summary>
public sealed class OtherNameTests
{
    public static TheoryData<string> Interpreters
        => [.. InterpreterSet.OnePerSeries.Where(one => one.Command.Count == 1).Select(one => one.Name).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_Python_that_was_started_by_another_name_is_found(string interpreter)
    {
        Assert.SkipWhen(interpreter.Length == 0, "every interpreter here lies in a root of its own");
        Interpreter found = InterpreterSet.Named(interpreter);
        using TemporaryFolder folder = new();
        string worker = Path.Combine(folder.Path, "worker");
        File.Copy(found.Executable, worker);

        // From its new place it does not find its own modules.
        string home = Path.GetDirectoryName(Path.GetDirectoryName(found.Executable))!;
        using Target target = Target.Start(
            found with { Command = [worker] }, "one_thread.py", new() { Environment = new Dictionary<string, string> { ["PYTHONHOME"] = home } });

        PyThread[] threads = Captures.Once(target, Captures.Blocking);

        OracleComparison.AssertAgrees(target, threads);
        Assert.Equal("worker", threads[0].ProcessName);
    }
}
