using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Tasks;

/// <summary>With <c>-Task</c> samples are those of the tasks that run, and of those that wait, as the program itself says.</summary>
public sealed partial class TaskProfileTests
{
    /// <summary>In the gate one of each series.</summary>
    public static TheoryData<string> Interpreters => [.. Chosen.Select(one => one.Name)];

    /// <summary>Ways to run tasks, on some versions: dicts of the module in C, of a module that has none, the field of the thread state.</summary>
    public static TheoryData<string, string> Ways
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (Interpreter one in Chosen.Where(one => TestMatrix.IsWhole || one.Minor is 6 or 9 or 12 or 15))
            {
                foreach (string way in (string[])[.. one.Minor >= 12 ? ["eager"] : Array.Empty<string>(), "python", "threads"])
                {
                    data.Add(one.Name, way);
                }
            }

            return data;
        }
    }

    private static IEnumerable<Interpreter> Chosen => (TestMatrix.IsWhole ? InterpreterSet.All : InterpreterSet.OnePerSeries).Where(one => one.Major == 3);

    [GeneratedRegex(@"\brun_(\d)")]
    private static partial Regex Run();

    [GeneratedRegex(@"\b(?:job|boss)_(\d)")]
    private static partial Regex Caller();

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Tasks_have_the_shares_that_they_measure_and_those_that_wait_are_counted_where_they_wait(string name)
    {
        using Target target = Start(name, "shares");

        Dictionary<string, double> before = Ask(target);
        PyProfile profile = Measure(target, new ProfileOptions { Tasks = true, Rate = TestMatrix.Count(4000, 10_000), Duration = TimeSpan.FromSeconds(TestMatrix.Count(2, 10)) });
        Dictionary<string, double> after = Ask(target);

        Dictionary<string, double> shares = Shares(profile, after.Keys);
        double all = after.Sum(one => one.Value - before.GetValueOrDefault(one.Key));
        Assert.All(after.Keys, key => Assert.InRange(shares.GetValueOrDefault(key), ((after[key] - before.GetValueOrDefault(key)) / all) - Tolerance(profile), ((after[key] - before.GetValueOrDefault(key)) / all) + Tolerance(profile)));

        // A thread that waits for its input is counted in each sample.
        long samples = profile.Stacks.Where(stack => stack.Frames.Any(frame => frame.Function == "answer")).Sum(stack => stack.Count);
        PyProfileStack sleeper = Assert.Single(profile.Stacks, stack => stack.TaskName is "sleeper" or "wait_long" && stack.IsIdle);
        Assert.InRange(sleeper.Count, samples * 0.95, samples * 1.05);
        Assert.Equal("shares awaits_sleeper wait_long sleep", string.Join(' ', sleeper.Frames.Select(frame => frame.Function)));
        Assert.Equal("shares awaits_sleeper", string.Join(' ', Assert.Single(profile.Stacks, stack => stack.TaskName is "awaits-sleeper" or "awaits_sleeper").Frames.Select(frame => frame.Function)));

        PyProfile busy = Measure(target, new ProfileOptions { Tasks = true, Mode = PyProfileMode.Gil, Duration = TimeSpan.FromSeconds(0.5) });
        Assert.DoesNotContain(busy.Stacks, stack => stack.TaskName is "sleeper" or "wait_long");
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void No_sample_is_of_a_wrong_task_though_tasks_are_freed_and_made_all_the_time(string name) => CheckNames(name, "");

    [Theory]
    [MemberData(nameof(Ways))]
    public void Tasks_of_each_kind_are_told_apart(string name, string way) => CheckNames(name, way);

    /// <summary>Its loop is written in C; Debian has it for its own interpreter.</summary>
    [Fact]
    public void Tasks_of_uvloop_are_told_apart()
    {
        Interpreter? debian = InterpreterSet.All.FirstOrDefault(one => one.Executable.StartsWith("/usr/bin/", StringComparison.Ordinal));
        Assert.SkipWhen(debian is null, "no interpreter of the system");
        CheckNames(debian.Name, "uvloop");
    }

    [Fact]
    public void Without_the_option_no_sample_has_a_task()
    {
        using Target target = Start(InterpreterSet.Any.Name, "shares");

        PyProfile profile = Measure(target, new ProfileOptions { Duration = TimeSpan.FromSeconds(0.5) });

        Assert.NotEmpty(profile.Stacks);
        Assert.All(profile.Stacks, stack => Assert.Null(stack.TaskId));
        Assert.Contains(profile.Stacks, stack => stack.Frames.Any(frame => frame.Function == "run_until_complete"));
    }

    private static void CheckNames(string name, string way)
    {
        using Target target = Start(name, $"names {way}".TrimEnd().Split(' '));
        long samples = 0;
        long wanted = TestMatrix.Count(500, 1_000_000);
        List<string> problems = [];
        HashSet<string> seen = [];
        for (int i = 0; samples < wanted && i < 120; i++)
        {
            PyProfile profile = Measure(target, new ProfileOptions { Tasks = true, Rate = 10_000, Duration = TimeSpan.FromSeconds(TestMatrix.Count(1, 10)) });
            foreach (PyProfileStack stack in profile.Stacks)
            {
                string frames = string.Join(' ', stack.Frames.Select(frame => frame.Function));
                if (Run().Match(frames) is { Success: true } run)
                {
                    string kind = run.Groups[1].Value;
                    samples += stack.Count;
                    seen.Add(kind);
                    // An eager task gets its name when its first step has ended (asyncio/base_events.py, create_task).
                    bool isNew = way == "eager" && stack.TaskName?.StartsWith("Task-", StringComparison.Ordinal) == true;
                    bool isRight = (isNew || stack.TaskName == $"job-{kind}" || stack.TaskName == $"job_{kind}") && Caller().Matches(frames).All(match => match.Groups[1].Value == kind);
                    if (!isRight)
                    {
                        problems.Add($"{stack.Count} of {stack.TaskName ?? "no task"}: {frames}");
                    }
                }
            }
        }

        Assert.True(problems.Count == 0, $"{name} {way}: {problems.Count} stacks of {samples} samples:\n{string.Join('\n', problems.Take(10))}");
        Assert.True(samples >= wanted, $"{samples} samples");
        Assert.True(seen.Count > 1, string.Join(' ', seen));
    }

    private static Target Start(string name, params string[] words)
    {
        Target target = Target.StartSilent(InterpreterSet.Named(name), "asyncio_profile.py", new TargetOptions { Arguments = words });
        string said = target.ReadLine();
        if (said != "ready")
        {
            target.Dispose();
            Assert.Skip(said);
        }

        return target;
    }

    private static Dictionary<string, double> Ask(Target target)
    {
        target.WriteLine("");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(target.ReadLine())!;
    }

    private static PyProfile Measure(Target target, ProfileOptions options)
    {
        using ProfileSession session = new(options, SilentLog.Instance);
        session.Add(target.ProcessId, TestContext.Current.CancellationToken);
        return Assert.Single(session.Run(null, CancellationToken.None, TestContext.Current.CancellationToken));
    }

    // Without names (to 3.7) tasks have those of their functions.
    private static Dictionary<string, double> Shares(PyProfile profile, ICollection<string> tasks)
    {
        ILookup<string, PyProfileStack> running = profile.Stacks.Where(stack => stack.TaskName is not null && !stack.IsIdle).ToLookup(stack => stack.TaskName!.Replace("task_", "", StringComparison.Ordinal));
        double all = tasks.Sum(task => running[task].Sum(stack => stack.Count));
        return tasks.ToDictionary(task => task, task => running[task].Sum(stack => stack.Count) / all);
    }

    // One percentage point where nothing else runs. A sampler that gets a part of a processor only sees a few of the tasks' rounds, of 2 ms each, and all of a round or nothing; and a task that
    // waits for a processor has all of the moments that are missed meanwhile.
    private static double Tolerance(PyProfile profile)
    {
        double missed = (double)profile.Missed / (profile.Missed + (profile.AchievedRate * profile.DurationSeconds));
        return (missed / 2) + (TestMatrix.IsWhole && missed < 0.1 ? 0.01 : 0.02 + (4 * Math.Sqrt(0.25 / Math.Max(4, profile.AchievedRate * profile.DurationSeconds / profile.Rate * 500))));
    }
}
