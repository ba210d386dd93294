using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>What is said to be coherent of a loop that never rests could have been: functions await only those that they call, tasks only those that they have made.</summary>
public sealed class AsyncioUnderLoadTests
{
    private static readonly Dictionary<string, string[]> s_awaits = new()
    {
        ["leaf"] = ["sleep"], ["sleep"] = ["__sleep0"], ["inner"] = ["leaf"], ["outer"] = ["inner", "leaf"], ["child"] = ["outer"], ["numbers"] = ["leaf"],
        ["iterates"] = ["numbers", "inner"], ["awaits_one"] = ["outer"], ["gathers"] = [], ["waits"] = ["wait"], ["wait"] = ["_wait"], ["_wait"] = [],
        ["produces"] = ["put", "inner"], ["put"] = [], ["consumes"] = ["get"], ["get"] = [], ["main"] = [], ["__sleep0"] = [],
    };

    private static readonly string[] s_waitForChildren = ["awaits_one", "gathers", "waits", "consumes"];

    public static TheoryData<string> Interpreters
        => [.. InterpreterSet.OnePerSeries.Where(one => one.Major == 3 && (TestMatrix.IsWhole || one.Minor is 12 or 15)).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void No_chain_that_cannot_be_is_said_to_be_coherent(string name)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(name), "asyncio_busy.py");
        target.ReadLine();
        foreach (bool noBlock in (bool[])[false, true])
        {
            TaskReader reader = new(TaskOptions.Default, null, Limits.Default);
            using StackSession session = Captures.Open(target.ProcessId, (noBlock ? Captures.NoBlock : Captures.Blocking) with { Also = reader });
            int seen = 0;
            int children = 0;
            for (int i = 0; i < TestMatrix.Count(noBlock ? 30 : 120, 10_000); i++)
            {
                PyTask[] tasks = session.CaptureTasks(reader, TestContext.Current.CancellationToken);
                foreach (PyTask task in tasks.Where(task => task.IsCoherent))
                {
                    seen++;
                    children += task.Coroutine == "child" ? 1 : 0;
                    Assert.True(Problem(task, tasks, reader.IsTruncated) is null, $"capture {i}{(noBlock ? " without a stop" : "")}: {Problem(task, tasks, reader.IsTruncated)}: {task}\n{string.Join('\n', tasks.AsEnumerable())}");
                }
            }

            Assert.True(noBlock || (seen > 500 && children > 50), $"{seen} tasks were coherent, {children} of them children");
        }
    }

    private static string? Problem(PyTask task, PyTask[] tasks, bool isTruncated)
    {
        // What the task's thread does inside of it is not awaited.
        PyFrame[] frames = [.. task.Frames];
        for (int i = 0; i + 1 < frames.Length && task.State != PyTaskState.Running; i++)
        {
            if (!s_awaits.TryGetValue(frames[i].Function ?? "", out string[]? may) || !may.Contains(frames[i + 1].Function))
            {
                return $"{frames[i].Function} does not await {frames[i + 1].Function}";
            }
        }

        if (task.State is not (PyTaskState.Running or PyTaskState.Done) && frames.Length == 0)
        {
            return "it has no frames";
        }

        foreach (string awaiter in task.AwaitedBy)
        {
            PyTask? other = tasks.SingleOrDefault(one => one.Id == awaiter);
            if (other is null)
            {
                return isTruncated ? null : "its awaiter is no task";
            }

            // What it does could not be read, and it says so.
            if (!other.IsCoherent)
            {
                continue;
            }

            bool isRight = task.Coroutine == "child" ? s_waitForChildren.Contains(other.Coroutine) : other.Coroutine == "main";
            if (!isRight)
            {
                return $"{other.Coroutine} does not await it";
            }
        }

        return task.Coroutine == "child" && task.State is not PyTaskState.Done && task.AwaitedBy.Count > 1 ? "more than one task awaits it" : null;
    }
}
