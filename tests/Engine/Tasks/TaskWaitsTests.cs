using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>What asyncio tasks wait for is what the program says that they do.</summary>
public sealed class TaskWaitsTests
{
    public static TheoryData<string> Interpreters => new((TestMatrix.IsWhole ? InterpreterSet.All : InterpreterSet.OnePerSeries).Where(one => one.Major == 3).Select(one => one.Name));

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Each_task_waits_for_the_object_that_its_program_names(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "task_waits.py");
        JsonElement said = JsonDocument.Parse(target.ReadLine()).RootElement;

        Captures.InBothModes(noBlock =>
        {
            Dictionary<string, PyTask> tasks = Take(target.ProcessId, noBlock).ToDictionary(task => task.Id);
            string problems = string.Concat(said.EnumerateObject().SelectMany(one => Compare(one.Name, one.Value, tasks)));
            Assert.True(problems.Length == 0, problems);
        });
    }

    internal static PyTask[] Take(int processId, bool noBlock)
    {
        TaskReader reader = new(TaskOptions.Default with { Kinds = new HashSet<PyTaskKind> { PyTaskKind.Asyncio } }, locals: null, Limits.Default);
        using StackSession session = Captures.Open(processId, (noBlock ? Captures.NoBlock : Captures.Blocking) with { Also = reader });
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Compare(string id, JsonElement said, Dictionary<string, PyTask> tasks)
    {
        PyWait? wait = tasks.GetValueOrDefault(id)?.Wait;
        string[] awaited = said.TryGetProperty("tasks", out JsonElement ids) && ids.ValueKind == JsonValueKind.Array ? [.. ids.EnumerateArray().Select(one => one.GetString()!)] : [];
        bool isSame = wait is not null
            && wait.Kind.ToString() == said.GetProperty("kind").GetString()
            && IsText(wait.Description, said)
            && (!said.TryGetProperty("object", out JsonElement found) || wait.Object == found.GetString())
            && wait.HolderThreadId == Number(said, "thread")
            && wait.HolderProcessId == Number(said, "process")
            && wait.FileDescriptor == Number(said, "fd")
            && (awaited.Length != 1 || wait.HolderTaskId == awaited[0])
            && IsLimit(wait.Timeout, Number(said, "timeout") ?? Number(said, "limit"))
            && awaited.All(one => tasks[one].AwaitedBy.Contains(id));
        if (!isSame)
        {
            yield return $"{id} {said}: {wait?.Kind} {wait?.Description} | {wait?.Object} | {wait?.HolderThreadId} | {wait?.HolderProcessId} | {wait?.HolderTaskId} | {wait?.FileDescriptor} | {wait?.Timeout}\n";
        }
    }

    // What is not known before has a star; a time is left out.
    private static bool IsText(string text, JsonElement said)
    {
        if (said.GetProperty("description").GetString() is not string expected)
        {
            return true;
        }

        string[] parts = expected.Split('*');
        string end = said.TryGetProperty("timeout", out _) ? ", timeout in " : said.TryGetProperty("limit", out _) ? " s left" : parts[^1];
        return text.StartsWith(parts[0], StringComparison.Ordinal) && (parts.Length > 1 || end != parts[^1] ? text[parts[0].Length..].Contains(end, StringComparison.Ordinal) : text == expected);
    }

    private static bool IsLimit(double? seconds, int? limit) => limit is int most ? seconds <= most && seconds > most - 300 : seconds is null;

    private static int? Number(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
}
