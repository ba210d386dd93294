using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>trio's tasks are those that trio shows from <c>current_root_task()</c> on, and wait for what their program says.</summary>
public sealed class TrioTests
{
    public static TheoryData<string> Interpreters() => InstalledModules.InterpretersWith("trio");

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Tasks_are_in_the_tree_of_nurseries_with_their_frames_and_what_they_wait_for(string interpreter)
    {
        using Target target = InstalledModules.Start(interpreter, "trio_tasks.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;
        Dictionary<string, JsonElement> tasks = said.GetProperty("tasks").EnumerateArray().ToDictionary(one => Hex(one.GetProperty("id")));

        Captures.InBothModes(noBlock =>
        {
            PyTask[] found = TaskCaptures.Take(target, noBlock, PyTaskKind.Trio);

            Assert.Equal(tasks.Keys.Order(), found.Select(one => one.Id).Order());
            foreach (PyTask task in found)
            {
                JsonElement expected = tasks[task.Id];
                Assert.Equal(expected.GetProperty("name").GetString(), task.Name);
                Assert.Equal(expected.GetProperty("parent") is { ValueKind: JsonValueKind.Number } parent ? Hex(parent) : null, task.ParentId);
                Assert.Equal(string.Join(' ', expected.GetProperty("frames").EnumerateArray()), TaskCaptures.FramesOf(task));
                Assert.Equal(target.ProcessId, task.ThreadId);
                Assert.True(task.IsCoherent);
                Assert.Equal(task.Id == Hex(said.GetProperty("cancelled")) ? PyTaskState.Cancelling : PyTaskState.Waiting, task.State);
                CheckWait(expected, task.Wait, said, found);
            }

            // Each after the one above it.
            Assert.Equal("<init>", found[0].Name);
            Assert.All(found.Skip(1), one => Assert.Contains(found.TakeWhile(other => other != one), other => other.Id == one.ParentId && other.Depth == one.Depth - 1));
        });
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_task_that_blocks_the_loop_runs_and_others_are_ready_or_have_not_begun(string interpreter)
    {
        using Target target = InstalledModules.Start(interpreter, "trio_tasks.py");
        _ = target.ReadLine();
        target.WriteLine("");
        string running = Hex(JsonDocument.Parse(target.ReadLine()).RootElement.GetProperty("running"));

        PyTask[] found = TaskCaptures.Take(target, noBlock: false, PyTaskKind.Trio);

        PyTask blocked = found.Single(one => one.State == PyTaskState.Running);
        Assert.Equal((running, "__main__.blocks", "blocks block_here"), (blocked.Id, blocked.Name, string.Join(' ', blocked.Frames.Select(frame => frame.Function))));
        Assert.Null(blocked.Wait);
        PyTask fresh = found.Single(one => one.Name == "__main__.never_begun");
        Assert.Equal((PyTaskState.NotStarted, running), (fresh.State, fresh.ParentId));
        PyTask woken = found.Single(one => one.Name == "__main__.woken");
        Assert.Equal((PyTaskState.Ready, null), (woken.State, woken.Wait));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Each_loop_of_a_process_has_its_own_tasks_also_the_guest_of_another(string interpreter)
    {
        using Target target = InstalledModules.Start(interpreter, "trio_loops.py");
        JsonElement loops = JsonDocument.Parse(target.ReadLine()).RootElement.GetProperty("loops");

        PyTask[] found = TaskCaptures.Take(target, noBlock: false, PyTaskKind.Trio);

        Assert.Equal(3, found.Select(one => one.Loop).Distinct().Count());
        foreach (JsonProperty loop in loops.EnumerateObject())
        {
            string[] ids = [.. loop.Value.GetProperty("tasks").EnumerateArray().Select(Hex)];
            PyTask[] own = [.. found.Where(one => ids.Contains(one.Id))];
            Assert.Equal(ids.Length, own.Length);
            Assert.Single(own.Select(one => one.Loop).Distinct());

            // Between its steps a guest is in no frame of its thread.
            int[] threads = loop.Name == "guest" ? [0, loop.Value.GetProperty("thread").GetInt32()] : [loop.Value.GetProperty("thread").GetInt32()];
            Assert.All(own, one => Assert.Contains(one.ThreadId, threads));
        }
    }

    private static void CheckWait(JsonElement task, PyWait? wait, JsonElement said, PyTask[] found)
    {
        JsonElement expected = task.GetProperty("wait");
        if (expected.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Assert.NotNull(wait);
        double? limit = expected.TryGetProperty("limit", out JsonElement seconds) ? seconds.GetDouble() : null;
        Assert.True(limit is null ? wait.Timeout is null : wait.Timeout <= limit && wait.Timeout > limit - 900, $"{wait.Description}: {wait.Timeout}");
        if (expected.GetProperty("description").GetString() is string description)
        {
            string actual = limit is null ? wait.Description : wait.Description[..wait.Description.LastIndexOf(',')];
            Assert.Equal(description, expected.TryGetProperty("begin", out _) ? actual[..Math.Min(description.Length, actual.Length)] : actual);
        }

        if (expected.GetProperty("kind").GetString() is string kind)
        {
            Assert.Equal(Enum.Parse<PyWaitKind>(kind), wait.Kind);
        }

        bool isDescriptor = expected.TryGetProperty("descriptor", out JsonElement descriptor);
        Assert.Equal(isDescriptor ? descriptor.GetInt32() : wait.FileDescriptor, wait.FileDescriptor);
        Assert.Equal(expected.TryGetProperty("object", out JsonElement target) ? target.GetString() : wait.Object, wait.Object);
        Assert.Equal(expected.TryGetProperty("process", out JsonElement process) ? process.GetInt32() : isDescriptor ? wait.HolderProcessId : null, wait.HolderProcessId);
        Assert.Equal(expected.TryGetProperty("thread", out _) ? said.GetProperty("thread").GetInt32() : null, wait.HolderThreadId);
        Assert.Equal(expected.TryGetProperty("holder", out JsonElement holder) ? Hex(holder) : wait.HolderTaskId, wait.HolderTaskId);
        if (expected.TryGetProperty("children", out _))
        {
            string[] children = [.. task.GetProperty("children").EnumerateArray().Select(Hex)];
            Assert.All(children, child => Assert.Contains(Hex(task.GetProperty("id")), found.Single(one => one.Id == child).AwaitedBy));
        }
    }

    private static string Hex(JsonElement address) => $"0x{address.GetUInt64():x}";
}
