using System;
using System.Collections.Generic;
using System.Linq;

namespace PyStack.TestSupport.Profiles;

/// <summary>Profiles made by hand, whose every number is known.</summary>
public static class SampleProfiles
{
    /// <summary>The source of <c>/srv/app.py</c>.</summary>
    public const string AppText = "import time\n\ndef work():\n    for i in range(10):\n        compute(i)\n\ndef compute(i):\n\treturn i ** i\n\ndef rest():\n    time.sleep(1)\n";

    /// <summary>Names that break what does not expect them: HTML, JSON, lines of text, terminals.</summary>
    public static IReadOnlyList<string> HostileNames { get; } =
    [
        "</script><script>window.hacked=1</script>",
        "<img src=x onerror=window.hacked=1>",
        "\"'`${window.hacked=1}",
        "{{data}}{{title}}{{script}}",
        "-->]]><!--",
        "a;b c\n12 34",
        "\x1b[31mred\x07",
        "\u2028line\u2029",
        "\ud800lone",
        "\udcff",
        "\u202eevil",
        new string('m', 1 << 20),
        "",
    ];

    public static PyProfileFrame Frame(string function, string? file, int? line, string? qualifiedName = null)
        => new() { Function = function, QualifiedName = qualifiedName, File = file, Line = line };

    public static PyProfileFrame Native(string function, string library)
        => new() { Kind = PyFrameKind.Native, Function = function, Library = library };

    /// <summary>
    /// 100 samples at 100 a second. MainThread: 60 in <c>compute</c> called by <c>work</c> at line 5 (20 of them in <c>pow</c> of libm), 20 idle in <c>rest</c>; worker: 20 in <c>compute</c>,
    /// called by itself.
    /// </summary>
    public static PyProfile Simple(int processId = 112, int compute = 40)
    {
        PyProfileFrame module = Frame("<module>", "/srv/app.py", 12), work = Frame("work", "/srv/app.py", 5), inner = Frame("compute", "/srv/app.py", 8, "App.compute"), outer = Frame("compute", "/srv/app.py", 7, "App.compute");
        PyProfileFrame rest = Frame("rest", "/srv/app.py", 11), pow = Native("pow", "/usr/lib/libm.so.6"), run = Frame("run", "/usr/lib/python3.12/threading.py", 1012, "Thread.run");
        return New(
            processId,
            [
                Stack(compute, "MainThread", processId, [module, work, inner], hasGil: true),
                Stack(20, "MainThread", processId, [module, work, inner, pow], hasGil: true),
                Stack(20, "MainThread", processId, [module, rest], isIdle: true, hasGil: false),
                Stack(20, "worker;1", processId + 1, [run, outer, inner], hasGil: false),
            ],
            new PyProfileSource { File = "/srv/app.py", Text = AppText });
    }

    /// <summary>Each hostile name as function, file, library, thread, task, process and warning.</summary>
    public static PyProfile Hostile()
    {
        List<PyProfileStack> stacks = [];
        foreach (string name in HostileNames)
        {
            stacks.Add(Stack(2, name, 112, [Frame(name, name, 3, name), Native(name, name)], task: name));
        }

        return new PyProfile
        {
            ProcessId = 112,
            ProcessName = HostileNames[0],
            PythonVersion = HostileNames[1],
            StartedAt = new DateTime(2026, 11, 29, 1, 2, 3, DateTimeKind.Utc),
            DurationSeconds = double.NaN,
            Rate = double.PositiveInfinity,
            AchievedRate = 100,
            Stacks = stacks.ToArray(),
            Sources = HostileNames.Select(name => new PyProfileSource { File = name, Text = name }).ToArray(),
            Warnings = HostileNames.ToArray(),
        };
    }

    /// <summary>A profile with so many different stacks, of a plausible shape: a few functions take most of the time, and the depth is up to 40.</summary>
    public static PyProfile Large(int stacks, int seed = 1)
    {
        var random = new Random(seed);
        PyProfileFrame[] frames = [.. Enumerable.Range(0, 2000).Select(i => Frame($"function_{i}", $"/srv/package_{i % 60}/module_{i % 300}.py", 1 + (i % 500)))];
        var all = new PyProfileStack[stacks];
        for (int i = 0; i < stacks; i++)
        {
            var path = new PyProfileFrame[5 + random.Next(36)];
            for (int depth = 0; depth < path.Length; depth++)
            {
                // The square prefers low numbers; each depth has functions of its own.
                double pick = random.NextDouble();
                path[depth] = frames[((depth * 50) + (int)(pick * pick * pick * (depth < 4 ? 4 : 50))) % frames.Length];
            }

            path[^1] = frames[(i * 7) % frames.Length];
            all[i] = Stack(1 + (random.Next(100) == 0 ? random.Next(1000) : random.Next(5)), $"worker-{i % 8}", 200 + (i % 8), path, isIdle: i % 5 == 0, hasGil: i % 3 == 0);
        }

        return New(200, all);
    }

    public static PyProfileStack Stack(long count, string thread, int threadId, PyProfileFrame[] frames, bool isIdle = false, bool? hasGil = null, string? task = null)
        => new() { Count = count, ThreadId = threadId, ThreadName = thread, Frames = frames, IsIdle = isIdle, HasGil = hasGil, TaskId = task is null ? null : "0x7f00", TaskName = task };

    public static PyProfile New(int processId, PyProfileStack[] stacks, params PyProfileSource[] sources) => new()
    {
        ProcessId = processId,
        ProcessName = "python3",
        PythonVersion = "3.12.1",
        StartedAt = new DateTime(2026, 11, 29, 1, 2, 3, DateTimeKind.Utc),
        DurationSeconds = 1,
        Rate = 100,
        AchievedRate = 100,
        Samples = stacks.Sum(stack => stack.Count),
        Torn = 3,
        Stacks = stacks,
        Sources = sources,
    };
}
