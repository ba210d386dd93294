using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>What greenlets of gevent and eventlet wait for is what their program made them wait for.</summary>
public sealed class GreenletWaitsTests
{
    [Theory]
    [InlineData("gevent_waits.py")]
    [InlineData("eventlet_waits.py")]
    public void A_greenlet_waits_for_what_its_program_says(string program)
    {
        GreenletInstall? install = GreenletSet.All.FirstOrDefault(one => one.HasGevent);
        Assert.SkipWhen(install is null, "no gevent and eventlet: " + GreenletSet.None);
        using Target target = install.Start(program);
        JsonObject told = JsonNode.Parse(target.ReadLine())!.AsObject();

        PyTask[] tasks = GreenletTests.Take(target, noBlock: false);

        List<string> problems = [];
        foreach ((string id, JsonNode? one) in told)
        {
            PyTask? task = Array.Find(tasks, task => task.Id == id);
            string expected = $"{one!["kind"]} {one["text"]} {one["holder"]} {one["descriptor"]} timeout {one["timeout"] is not null} {PyTaskState.Waiting}";
            string kind = (string)one["kind"]! == "" ? "" : $"{task?.Wait?.Kind}";
            string text = task?.Wait?.Description is string said && said.StartsWith((string)one["text"]!, StringComparison.Ordinal) ? (string)one["text"]! : task?.Wait?.Description ?? "nothing";
            string holder = one["holder"] is null ? "" : $"{task?.Wait?.HolderTaskId}";
            string found = $"{kind} {text} {holder} {task?.Wait?.FileDescriptor} timeout {task?.Wait?.Timeout is not null} {task?.State}";
            if (expected != found)
            {
                problems.Add($"{expected}, but: {found} ({task})");
            }
        }

        Assert.Empty(problems);
    }
}
