using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Threads that never stand still for long, with C between their Python frames; each function's name says who may call it.</summary>
public sealed class CalledByTests : IDisposable
{
    private const int CaptureCount = 150;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Loops are told from frames in three ways: by name (to 3.10), by entry marks (3.11), by shims (3.12 and later).</summary>
    public static TheoryData<string> Interpreters()
        => [.. from one in InterpreterSet.OnePerSeries where (one.Major == 3 && one.Minor is 8 or 11) || one == InterpreterSet.OnePerSeries.Last(last => !last.HasOwnRoot) select one.Name];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void No_native_frame_stands_after_a_Python_frame_that_does_not_call_it(string interpreter)
    {
        string library = Toolchain.Compile(_folder.Path, "called_by.so", File.ReadAllText(Programs.PathOf("called_by.c")), "-shared", "-fPIC", "-g", "-fno-optimize-sibling-calls");
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "called_by.py", new() { Arguments = ["2", library] });
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Native with { NoBlock = true });
        int coherent = 0;
        int merged = 0;
        int unmerged = 0;
        for (int i = 0; i < CaptureCount; i++)
        {
            foreach (PyThread thread in session.Take().Where(thread => thread.ThreadId != target.ProcessId))
            {
                coherent += thread.IsCoherent ? 1 : 0;
                merged += thread.IsMerged == true ? 1 : 0;
                Assert.True(!thread.IsCoherent || Violation(thread) is null, Violation(thread));
                Assert.True(!thread.IsCoherent || thread.IsMerged == true || thread.Warnings.Length > 0, "unmerged without a reason");
                unmerged += thread.IsCoherent && thread.IsMerged != true ? 1 : 0;
            }
        }

        TestReport.Note($"NoBlock with C in between on {interpreter}: {coherent} of {CaptureCount * 2} coherent, {merged} merged");

        // A thread may be caught where its stack cannot be followed: on its way into a sleep, with a register that procfs does not show.
        Assert.InRange(unmerged, 0, CaptureCount / 10);

        // They sleep most of the time: most of them can be had.
        Assert.InRange(coherent, CaptureCount / 4, CaptureCount * 2);
    }

    private static string? Violation(PyThread thread)
    {
        string caller = "";
        foreach (PyFrame frame in thread.Frames)
        {
            string name = frame.Function ?? "???";
            if (frame.Kind == PyFrameKind.Native && !name.StartsWith("nat_", StringComparison.Ordinal))
            {
                continue;
            }

            string[] callers = frame.Kind == PyFrameKind.Native ? [name[4..]] : name.Contains("__from__", StringComparison.Ordinal) ? name[(name.IndexOf("__from__", StringComparison.Ordinal) + 8)..].Split('_') : [caller];
            if (!callers.Contains(caller))
            {
                return $"{name} after {caller}: {string.Join(' ', thread.Frames.Select(one => one.Function ?? "???"))}";
            }

            caller = name.Replace("nat_", "nat", StringComparison.Ordinal).Split("__")[0];
        }

        return null;
    }
}
