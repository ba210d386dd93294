using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Our native stacks beside gdb's: address, function, file and line of every frame, inlined ones included.</summary>
internal static class GdbComparison
{
    private static readonly ConcurrentDictionary<string, bool> Noted = [];

    /// <summary>Fails with both stacks of each thread that differs.</summary>
    public static void AssertAgrees(Target target, string situation, bool isSwitched = false)
    {
        Dictionary<int, NativeStack> ours = NativeStacksOf.Process(target);
        Dictionary<int, List<GdbFrame>> gdb = GdbOracle.Stacks(target.ProcessId);
        StringBuilder differences = new();
        int frames = 0;
        Assert.NotEmpty(gdb);
        Assert.Equal(gdb.Keys.Order(), ours.Keys.Order());
        foreach ((int threadId, List<GdbFrame> expected) in gdb)
        {
            string[] left = [.. expected.Select(Describe)];
            string[] right = [.. ours[threadId].Frames.Select(Describe)];

            // At the end of a stack that was switched by hand gdb goes on with what happens to stand there, and we where a frame pointer leads.
            left = isSwitched ? FromCoroutine(left) : left;
            right = isSwitched ? FromCoroutine(right) : right;
            Assert.NotEmpty(left);
            frames += left.Length;
            if (!left.SequenceEqual(right) && !DifferInLinesAlone(target, expected, ours[threadId].Frames))
            {
                differences.Append($"Thread {threadId}, {ours[threadId].End}:\n{SideBySide(left, right)}");
            }
        }

        TestReport.Note($"gdb: {situation}: {frames} native frames, {(differences.Length == 0 ? "all equal" : "not all equal")}");
        Assert.True(differences.Length == 0, $"{situation}: gdb says, and we:\n{differences}");
    }

    // Where the rows of an address are of several statements gdb may name the line of another one: then addr2line decides.
    private static bool DifferInLinesAlone(Target target, List<GdbFrame> expected, List<NativeFrame> actual)
    {
        if (expected.Count != actual.Count)
        {
            return false;
        }

        HashSet<string> notes = [];
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        for (int i = 0; i < actual.Count; i++)
        {
            if (Describe(expected[i]) == Describe(actual[i]))
            {
                continue;
            }

            Module? module = process.Modules.FirstOrDefault(one => one.Range.Contains(actual[i].Address));
            bool isLine = Describe(expected[i] with { Line = actual[i].Line }) == Describe(actual[i]);
            string[] lines = isLine && module is not null
                ? Toolchain.Run("addr2line", "-i", "-e", module.Path, $"0x{actual[i].Address - 1 - module.BaseAddress:x}").Split('\n')
                : [];
            if (!lines.Any(line => line.Contains($"{Path.GetFileName(actual[i].File)}:{actual[i].Line}", StringComparison.Ordinal)))
            {
                return false;
            }

            notes.Add($"gdb names line {expected[i].Line} of {actual[i].Function}, addr2line and we {actual[i].Line}");
        }

        foreach (string note in notes)
        {
            if (Noted.TryAdd(note, true))
            {
                TestReport.Note(note);
            }
        }

        return true;
    }

    // Address, function without its parameters and clone suffix, the file's name, and the line where there is a file.
    private static string Describe(GdbFrame frame)
        => Describe(frame.Address, frame.Kind == "signal" ? "<signal-handler-called>" : frame.Function, frame.File, frame.Line);

    private static string Describe(NativeFrame frame)
        => Describe(
            frame.Address,
            (frame.Function ?? "").Replace("<signal handler called>", "<signal-handler-called>", StringComparison.Ordinal),
            frame.File ?? "",
            frame.Line);

    private static string Describe(ulong address, string function, string file, int line)
        => function == "<signal-handler-called>" || file.Length == 0
            ? $"{address:x} {Bare(function)}"
            : $"{address:x} {Bare(function)} {Path.GetFileName(file)}:{line}";

    // Of a stack that was not switched all of it.
    private static string[] FromCoroutine(string[] frames)
        => [.. frames.Skip(Math.Max(0, Array.FindIndex(frames, frame => frame.Contains(" coroutine", StringComparison.Ordinal))))];

    /// <summary>A function's name without what gdb and we write differently.</summary>
    public static string Bare(string function)
    {
        int end = function.IndexOf('(', StringComparison.Ordinal);
        string name = end > 0 ? function[..end] : function;

        // The name of a template's function has its return type in front, which gdb leaves out.
        name = name[(name.LastIndexOf(' ') + 1)..];
        int version = name.IndexOf('@', StringComparison.Ordinal);
        name = version > 0 ? name[..version] : name;
        name = FunctionName.WithoutSuffix(name).ToString();

        // The C library has several names for one function, of which each of us takes one.
        name = name.Replace("__GI_", "", StringComparison.Ordinal).TrimStart('_').Replace("libc_", "", StringComparison.Ordinal);
        return name.EndsWith("_impl", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static string SideBySide(string[] left, string[] right)
    {
        StringBuilder text = new();
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            string a = i < left.Length ? left[i] : "-";
            string b = i < right.Length ? right[i] : "-";
            text.Append(a == b ? "    " : " != ").Append(a).Append(a == b ? "" : "   |   " + b).Append('\n');
        }

        return text.ToString();
    }
}
