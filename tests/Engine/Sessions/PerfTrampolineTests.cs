using System.IO;
using System.Linq;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Programs that run for perf (<c>-X perf</c>): between two Python frames there is a copy of CPython's trampoline, which no file has rules for.</summary>
public sealed class PerfTrampolineTests
{
    public static TheoryData<string, string> Interpreters()
    {
        TheoryData<string, string> rows = [];
        foreach (Interpreter one in InterpreterSet.All.Where(one => one is { Major: 3, Minor: 12 or 13 } && !one.HasOwnRoot))
        {
            rows.Add(one.Name, "perf");
            if (one.Minor == 13)
            {
                rows.Add(one.Name, "perf_jit");
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Every_thread_is_merged_through_the_trampolines_without_a_guess(string interpreter, string option)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "callbacks.py", new() { InterpreterOptions = ["-X", option] });
        string says = option == "perf" ? $"/tmp/perf-{target.ProcessId}.map" : $"/tmp/jit-{target.ProcessId}.dump";
        try
        {
            Assert.True(File.Exists(says), "the interpreter makes no trampolines");
            MergedStackTests.AssertEveryThreadIsMerged(target, interpreter, option);
            MergedStackTests.AssertBlockedThreadsAreMergedWithoutAStop(target, interpreter, option);
        }
        finally
        {
            File.Delete(says);
        }
    }
}
