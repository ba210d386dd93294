using System.Linq;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Interpreters whose code lies no longer in a mapping of their file: copied to huge pages, as programs do it that are tuned for them.</summary>
public sealed class RemappedTextTests
{
    private static readonly string[] Ways = ["text", "partial", "readonly", "memfd"];

    public static TheoryData<string, string> WaysOfAll()
    {
        TheoryData<string, string> data = [];
        Interpreter[] all = [.. InterpreterSet.OnePerSeries];
        foreach (Interpreter one in all)
        {
            foreach (string way in Ways.Where(way => way == "text" || one == all[0] || one == all[^1] || one.Minor == 11))
            {
                data.Add(one.Name, way);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WaysOfAll))]
    public void It_is_found_by_the_data_that_is_left_and_merged_by_the_files_names(string interpreter, string way)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target ordinary = Target.Start(python, "remapped_text.py", new() { Arguments = ["none"] });
        using Target target = Target.Start(python, "remapped_text.py", new() { Arguments = [way] });
        PyThread expected = Assert.Single(Captures.Once(ordinary, Captures.Native));
        Captures.InBothModes(noBlock =>
        {
            OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking with { NoBlock = noBlock }));
            PyThread thread = Assert.Single(Captures.Once(target, Captures.Native with { NoBlock = noBlock }));
            Assert.Equal(expected.IsMerged, thread.IsMerged);
            Assert.Equal(expected.Frames.Select(Named), thread.Frames.Select(Named));
        });

        PyProcess process = new ProcessDetails(SilentLog.Instance).Describe(new PythonProcesses(SilentLog.Instance).Get(target.ProcessId))!;
        Assert.Equal((python.Version, PyImplementation.CPython, true), (process.PythonVersion, process.Implementation, process.IsAccessible));
        Assert.Contains(PythonProcesses.List(), one => one.ProcessId == target.ProcessId);
    }

    private static string Named(PyFrame frame) => $"{frame.Kind} {frame.Function} {frame.File}:{frame.Line} {frame.Library} {frame.IsInlined}";
}
