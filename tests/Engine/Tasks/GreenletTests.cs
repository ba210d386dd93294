using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>The greenlets of a process are those that the program finds itself, with the frames that <c>gr_frame</c> has.</summary>
public sealed class GreenletTests
{
    public static TheoryData<string> Installs() => GreenletSet.All.Count == 0 ? [GreenletSet.None] : [.. GreenletSet.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Installs))]
    public void Greenlets_have_the_state_the_parent_and_the_frames_that_the_program_tells(string install)
    {
        Assert.SkipWhen(install == GreenletSet.None, GreenletSet.None);
        using Target target = GreenletSet.Named(install).Start("greenlet_tasks.py");
        JsonNode told = JsonNode.Parse(target.ReadLine())!;
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to wait");
        Captures.InBothModes(noBlock => Check(told, Take(target, noBlock), target.ProcessId));
    }

    [Fact]
    public void The_greenlets_of_a_core_are_those_of_its_process()
    {
        GreenletInstall? install = GreenletSet.All.LastOrDefault(one => one.Interpreter.Minor <= 13);
        Assert.SkipWhen(install is null, GreenletSet.None);
        using Target target = install.Start("greenlet_tasks.py");
        JsonNode told = JsonNode.Parse(target.ReadLine())!;
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to wait");
        using TemporaryFolder folder = new();
        string prefix = Path.Combine(folder.Path, "core");
        _ = Toolchain.Run("sh", "-c", $"gcore -o {prefix} {target.ProcessId} 2>&1");

        TaskReader reader = Reader(out StackOptions options);
        using StackSession session = StackSession.OpenCore($"{prefix}.{target.ProcessId}", new CoreSearch(), options, SilentLog.Instance, TestContext.Current.CancellationToken);
        reader.Use(session.Runtimes);
        Check(told, session.CaptureTasks(reader, TestContext.Current.CancellationToken), target.ProcessId);
    }

    [Fact]
    public void Greenlets_that_are_switched_all_the_time_have_no_impossible_stack()
    {
        GreenletInstall? install = GreenletSet.All.FirstOrDefault(one => one.HasGevent);
        Assert.SkipWhen(install is null, GreenletSet.None);
        using Target target = install.Start("gevent_busy.py");
        Assert.Equal("ready", target.ReadLine());
        Captures.InBothModes(noBlock =>
        {
            TaskReader reader = Reader(out StackOptions options, noBlock);
            using StackSession session = Captures.Open(target.ProcessId, options);
            reader.Use(session.Runtimes);
            int coherent = 0;
            for (int i = 0; i < (noBlock ? 3 : 15); i++)
            {
                foreach (PyTask task in session.CaptureTasks(reader, TestContext.Current.CancellationToken).Where(task => task.IsCoherent && task.Frames is [{ Function: "worker" }, ..]))
                {
                    coherent++;
                    for (int frame = 1; frame < task.Frames.Count; frame++)
                    {
                        Assert.True(
                            task.Frames[frame - 1].SourceLine?.Contains(task.Frames[frame].Function + "(", StringComparison.Ordinal) == true,
                            $"{task.Frames[frame].Function} is not called in {task.Frames[frame - 1]} {task.Frames[frame - 1].SourceLine}; {string.Join(' ', task.Warnings)}");
                    }
                }
            }

            Assert.True(noBlock || coherent > 0, "no greenlet was coherent");
        });
    }

    private static void Check(JsonNode told, PyTask[] tasks, int processId)
    {
        JsonArray greenlets = told["greenlets"]!.AsArray();
        Assert.Equal(greenlets.Select(one => Hex(one!["id"])).Order(StringComparer.Ordinal), tasks.Select(task => task.Id).Order(StringComparer.Ordinal));
        foreach (JsonNode? one in greenlets)
        {
            PyTask task = tasks.Single(task => task.Id == Hex(one!["id"]));
            PyTaskState state = (bool)one!["running"]! ? PyTaskState.Running : (bool)one["dead"]! ? PyTaskState.Done : (bool)one["active"]! ? PyTaskState.Waiting : PyTaskState.NotStarted;
            Assert.Equal((state, PyTaskKind.Greenlet, true, ""), (task.State, task.Kind, task.IsCoherent, string.Join(' ', task.Warnings)));
            Assert.Equal((ulong)one["parent"]! == 0 ? null : Hex(one["parent"]), task.ParentId);
            Assert.EndsWith((string)one["type"]!, task.TypeName, StringComparison.Ordinal);
            Assert.True(task.ThreadId != 0 && (task.ThreadId == processId) == ((string)one["thread"]! == "main"), $"{task} in thread {task.ThreadId}");
            if (one["frames"] is JsonArray frames)
            {
                Assert.Equal(
                    string.Join(' ', frames.Select(frame => $"{frame![0]}:{frame[1]}")),
                    string.Join(' ', task.Frames.Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Function}:{frame.Line}"))));
            }
            else
            {
                Assert.Equal((string)one["thread"]! == "main" ? "wait_here" : "wait_in_thread", task.Frames[0].Function);
            }
        }
    }

    private static string Hex(JsonNode? address) => string.Create(CultureInfo.InvariantCulture, $"0x{(ulong)address!:x}");

    private static TaskReader Reader(out StackOptions options, bool noBlock = false)
    {
        TaskReader reader = new(TaskOptions.Default with { Kinds = new HashSet<PyTaskKind> { PyTaskKind.Greenlet } }, locals: null, Limits.Default);
        options = (noBlock ? Captures.NoBlock : Captures.Blocking) with { Also = reader };
        return reader;
    }

    internal static PyTask[] Take(Target target, bool noBlock)
    {
        TaskReader reader = Reader(out StackOptions options, noBlock);
        using StackSession session = Captures.Open(target.ProcessId, options);
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, TestContext.Current.CancellationToken);
    }
}
