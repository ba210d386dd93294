using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Saving;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Modes;

/// <summary>
/// What each mode says of each thread, counted: for machines where few targets can be started (<c>tests/arm64.sh</c>). Python's frames are compared with what the target says of itself, native ones
/// with gdb. Only run where it is asked for.
/// </summary>
public sealed class ModeTableTests
{
    /// <summary>Where the table is appended to, if anywhere.</summary>
    private static readonly string? Table = Environment.GetEnvironmentVariable("PYSTACK_MODE_TABLE");

    /// <summary>A part of the names of those that are wanted; all, if it is not set.</summary>
    private static readonly string Wanted = Environment.GetEnvironmentVariable("PYSTACK_MODES_OF") ?? "";

    /// <summary>Many threads, one that runs, C between Python, a signal's frame, and event loops.</summary>
    private static readonly string[] Situations = ["many_threads.py", "spinning.py", "ctypes_callback.py", "signal_handler.py", "coroutines.py"];

    /// <summary>A function that the JIT compiles, and that waits then. gdb does not get through what the JIT makes.</summary>
    private const string Compiled = "hot.py";

    /// <summary>Each build once, in its own root rather than by the root's loader, whose program gdb does not know; and where it has a JIT, with that.</summary>
    public static TheoryData<string, bool> Interpreters()
        => [.. from one in InterpreterSet.All
               where one.HasOwnRoot || one.Command[0] == one.Executable
               from isJit in (bool[])[false, true]
               where $"{one.Name}{(isJit ? ", JIT" : "")}".Contains(Wanted, StringComparison.Ordinal)
               where !isJit || (one.HasOwnRoot && InterpreterSet.All.Any(other => other.IsJit && other.Executable == one.Executable))
               select (one.Name, isJit)];

    [Theory(Explicit = true)]
    [MemberData(nameof(Interpreters))]
    public void Each_mode_is_right_about_each_thread(string name, bool isJit)
    {
        Interpreter interpreter = InterpreterSet.Named(name);
        ModeTable table = new(isJit ? $"{name}, JIT" : name);
        TargetOptions options = new() { Environment = new Dictionary<string, string> { ["PYTHON_JIT"] = isJit ? "1" : "0" } };
        foreach (string situation in isJit ? [.. Situations, Compiled] : Situations)
        {
            using Target target = Target.Start(interpreter, situation, options);
            CountStacks(target, interpreter, situation, isJit, table);
        }

        CountValues(interpreter, options, table);
        TestReport.Note(table.ToString());
        if (Table is not null)
        {
            table.Append(Table);
        }

        Assert.True(table.IsAllRight, table.ToString());
    }

    // First without a stop, while all threads sleep that shall: see Captures.InBothModes.
    private static void CountStacks(Target target, Interpreter interpreter, string situation, bool isJit, ModeTable table)
    {
        StackOptions nativeNoBlock = Captures.Native with { NoBlock = true };
        StackOptions allThreads = Captures.Blocking with { Native = NativeMode.AllThreads };
        PyThread[] noBlock = Captures.Once(target, Captures.NoBlock);
        PyThread[] mergedNoBlock = Captures.Once(target, nativeNoBlock);
        Dictionary<int, NativeStack> stacksNoBlock = NativeStacksOf.Process(target.ProcessId, nativeNoBlock);
        PyThread[] blocking = Captures.Once(target, Captures.Blocking);
        PyThread[] merged = Captures.Once(target, Captures.Native);
        Dictionary<int, NativeStack> stacks = NativeStacksOf.Process(target);
        PyThread[] saved = ReadSaved(target, allThreads);
        Dictionary<int, List<GdbFrame>> gdb = GdbOracle.Stacks(target.ProcessId, interpreter);

        foreach (OracleThread thread in target.Oracle.Threads)
        {
            ulong[] addresses = [.. gdb[thread.ThreadId!.Value].Where(frame => frame.Kind != "inline").Select(frame => frame.Address)];
            void Add(string mode, PyThread[] captured, Func<PyThread, string>? also = null)
            {
                PyThread? found = Array.Find(captured, one => one.ThreadId == thread.ThreadId);
                string difference = found is null ? "not there" : OracleComparison.Differences(target.Oracle with { Threads = [thread] }, PythonFrames.Of([found]));
                table.Add(mode, situation, found is null || difference.Length > 0 || also is null ? difference : also(found));
            }

            // A thread that runs what the JIT made has a guess on its stack, which is said.
            string Merged(PyThread found, Dictionary<int, NativeStack>? native)
                => found.IsMerged != true || (found.Warnings.Length > 0 && situation != Compiled && !(isJit && thread.IsRunning)) ? $"not merged: {string.Join(' ', found.Warnings)}"
                    : thread.IsRunning || situation == Compiled ? ""
                    : native is null ? InOrder(addresses, [.. found.Frames.Where(frame => frame.Kind == PyFrameKind.Native && !frame.IsInlined).Select(frame => frame.Address!.Value)])
                    : Same(addresses, [.. native[found.ThreadId].Frames.Where(frame => !frame.IsInlined).Select(frame => frame.Address)]);

            Add("blocking", blocking);
            Add("-Native", merged, found => Merged(found, stacks));
            Add("saved core, -Native", saved, found => Merged(found, null));
            if (!thread.IsRunning)
            {
                Add("-NoBlock", noBlock);
                Add("-Native -NoBlock", mergedNoBlock, found => Merged(found, stacksNoBlock));
            }
        }
    }

    private static void CountValues(Interpreter interpreter, TargetOptions options, ModeTable table)
    {
        foreach (string function in (string[])["numbers", "texts", "containers", "objects"])
        {
            using Target target = Target.StartSilent(interpreter, "values.py", options with { Arguments = [function] });
            string[][] expected = JsonSerializer.Deserialize<string[][]>(target.ReadLine())!;
            Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { IsCoherent: true, Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "tell", "it does not come to wait");
            foreach (bool noBlock in (bool[])[true, false])
            {
                PyFrame frame = Captures.Once(target, Captures.Blocking with { NoBlock = noBlock, Locals = new ValueOptions() })[0].Frames.Last(one => one.Function == function);
                Dictionary<string, string> actual = frame.Arguments!.Cast<DictionaryEntry>().Concat(frame.Locals!.Cast<DictionaryEntry>()).ToDictionary(one => (string)one.Key, one => (string)one.Value!);
                foreach (string[] pair in expected)
                {
                    string? value = actual.GetValueOrDefault(pair[0]);
                    table.Add(noBlock ? "-Locals -NoBlock (values)" : "-Locals (values)", function, value == pair[1] ? "" : $"{pair[0]} is <{pair[1]}>, captured <{value}>");
                }
            }
        }
    }

    private static PyThread[] ReadSaved(Target target, StackOptions options)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "saved.core");
        CoreSaving saving = new(options, isRedacted: false, SilentLog.Instance, TestContext.Current.CancellationToken);
        SavedCore core = saving.Take(target.ProcessId);
        using (FileStream file = File.Create(path))
        {
            _ = core.Write(file, TestContext.Current.CancellationToken);
        }

        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), options, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Take();
    }

    private static string Same(ulong[] gdb, ulong[] ours) => gdb.SequenceEqual(AsStopped(gdb, ours)) ? "" : $"gdb has {Text(gdb)}\n and we {Text(ours)}";

    // A thread that gdb has stopped in a system call stands before the call, which it will begin again: 4 bytes on aarch64, 2 on x86-64.
    internal static ulong[] AsStopped(ulong[] gdb, ulong[] ours) => ours.Length > 0 && ours[^1] - gdb[^1] is 2 or 4 ? [.. ours[..^1], gdb[^1]] : ours;

    // Merging leaves out the interpreter's own machinery; the innermost is always there.
    private static string InOrder(ulong[] gdb, ulong[] ours)
        => AsStopped(gdb, ours) is var stopped && stopped.Length > 0 && gdb[^1] == stopped[^1] && stopped.SequenceEqual(gdb.Where(stopped.Contains)) ? "" : $"gdb has {Text(gdb)}\n and we {Text(ours)}";

    private static string Text(ulong[] addresses) => string.Join(' ', addresses.Select(one => one.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));
}
