using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>Tasks of anyio, on both of its event loops, are those that <c>anyio.get_running_tasks()</c> has, and wait for what their program says.</summary>
public sealed class AnyioTests
{
    public static TheoryData<string, string> Loops()
        => [.. InstalledModules.InterpretersWith("anyio").Select(one => (one.Data, "asyncio")), .. InstalledModules.InterpretersWith("anyio", "trio").Select(one => (one.Data, "trio"))];

    [Theory]
    [MemberData(nameof(Loops))]
    public void Tasks_are_below_those_that_began_them_and_wait_for_what_anyio_has(string interpreter, string loop)
    {
        using Target target = InstalledModules.Start(interpreter, "anyio_tasks.py", loop);
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;
        PyTaskKind kind = loop == "trio" ? PyTaskKind.Trio : PyTaskKind.Asyncio;

        foreach (bool noBlock in (bool[])[true, false])
        {
            // The main task says it a moment before it waits.
            string problems = "";
            Assert.True(Wait.Within(Wait.Limit, () => (problems = Compare(said, TaskCaptures.Take(target, noBlock, kind))).Length == 0), problems);
        }
    }

    private static string Compare(JsonElement said, PyTask[] found)
    {
        List<string> problems = [];
        JsonElement[] tasks = [.. said.GetProperty("tasks").EnumerateArray()];
        string[] ids = [.. tasks.Select(one => Hex(one.GetProperty("id")))];
        if (!ids.Order().SequenceEqual(found.Select(one => one.Id).Order()))
        {
            problems.Add($"tasks: {string.Join(' ', ids)} are {string.Join(' ', found.Select(one => one.Id))}");
        }

        foreach (PyTask task in found)
        {
            JsonElement expected = tasks.SingleOrDefault(one => Hex(one.GetProperty("id")) == task.Id);
            if (expected.ValueKind == JsonValueKind.Undefined)
            {
                continue;
            }

            string? parent = expected.GetProperty("parent") is { ValueKind: JsonValueKind.Number } address ? Hex(address) : null;
            bool isSame = task.Name == expected.GetProperty("name").GetString()
                && task.ParentId == parent
                && task.State == PyTaskState.Waiting
                && (expected.GetProperty("wait") is not { ValueKind: JsonValueKind.Object } wait || IsSame(wait, task, said, found));
            if (!isSame)
            {
                problems.Add($"{expected}: {task.Name} {task.State}, parent {task.ParentId}, {task.Wait?.Kind} {task.Wait?.Description} | {task.Wait?.HolderTaskId} | {task.Wait?.HolderThreadId} | {task.Wait?.Timeout}");
            }
        }

        return string.Join('\n', problems);
    }

    private static bool IsSame(JsonElement expected, PyTask task, JsonElement said, PyTask[] found)
    {
        PyWait? wait = task.Wait;
        double? limit = expected.TryGetProperty("limit", out JsonElement seconds) ? seconds.GetDouble() : null;
        return wait is not null
            && wait.Kind.ToString() == expected.GetProperty("kind").GetString()
            && wait.Description.StartsWith(expected.GetProperty("description").GetString()!, StringComparison.Ordinal)
            && (limit is null ? wait.Timeout is null : wait.Timeout <= limit && wait.Timeout > limit - 900)
            && (!expected.TryGetProperty("holder", out JsonElement holder) || (wait.HolderTaskId == Hex(holder) && task.Awaits == Hex(holder)))
            && (!expected.TryGetProperty("thread", out _) || wait.HolderThreadId == said.GetProperty("thread").GetInt32())
            && (!expected.TryGetProperty("descriptor", out JsonElement descriptor) || wait.FileDescriptor == descriptor.GetInt32())
            && (!expected.TryGetProperty("children", out _) || found.Count(one => one.ParentId == task.Id && one.AwaitedBy.Contains(task.Id)) == 2);
    }

    private static string Hex(JsonElement address) => $"0x{address.GetUInt64():x}";
}
