using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Results;
using PyStack.Engine.Tasks;
using Xunit;

namespace PyStack.Engine.Tests.Results;

public sealed class TaskTreeTests
{
    private static CapturedTask Task(ulong address, string? name, ulong[]? awaitedBy = null, ulong parent = 0, PyTaskKind kind = PyTaskKind.Asyncio)
    {
        RawTask raw = new() { Kind = kind, Address = address, Interpreter = 0, TypeName = "_asyncio.Task", Name = name, Parent = parent };
        raw.AwaitedBy.AddRange(awaitedBy ?? []);
        return new CapturedTask(raw, [], default, null) { Runtime = 0 };
    }

    private static string[] Lines(params CapturedTask[] tasks)
        => [.. new TaskTree([.. tasks]).InOrder().Select(place => $"{place.Depth} {place.Branch}{place.Task.Raw.Name ?? "?"}{(place.Parent == 0 ? "" : $" below {place.Parent:x}")}")];

    [Fact]
    public void A_task_is_below_the_first_that_awaits_it_and_its_level_is_in_the_order_of_the_names() => Assert.Equal(
        [
            "0 Task-1",
            "1 ├─ Task-9 below 1",
            "2 │  ├─ a below 3",
            "2 │  └─ b below 3",
            "1 └─ Task-10 below 1",
            "2    └─ c below 2",
            "0 Task-2",
        ],
        Lines(
            Task(2, "Task-10", [1]), Task(6, "c", [2, 3]), Task(5, "b", [3, 2]), Task(4, "a", [3]), Task(3, "Task-9", [1]), Task(7, "Task-2"), Task(1, "Task-1")));

    [Fact]
    public void What_the_framework_says_of_the_parent_counts_more_than_who_awaits_it()
        => Assert.Equal(["0 a", "1 └─ c below 1", "0 b"], Lines(Task(1, "a"), Task(2, "b"), Task(3, "c", [2], parent: 1)));

    [Fact]
    public void A_parent_that_was_not_found_and_a_task_that_awaits_itself_leave_it_at_the_top()
        => Assert.Equal(["0 a", "0 b", "0 c"], Lines(Task(1, "a", [99]), Task(2, "b", parent: 98), Task(3, "c", [3])));

    [Fact]
    public void A_circle_is_cut_once_and_marked_and_what_is_below_it_is_there() => Assert.Equal(
        ["0 main", "0 ↻ a", "1 └─ c below 1", "2    └─ b below 3", "3       ├─ below below 2", "3       └─ other below 2"],
        Lines(Task(1, "a", [2]), Task(2, "b", [3]), Task(3, "c", [1]), Task(4, "below", [2]), Task(5, "other", [2]), Task(6, "main")));

    [Fact]
    public void Each_of_a_hundred_thousand_tasks_comes_once_in_a_chain_in_circles_and_below_one()
    {
        const int Count = 100_000;
        List<CapturedTask> tasks = [Task(1, "first")];
        for (ulong i = 2; i <= Count; i++)
        {
            // A third is a chain, a third is below the first task, and a third are circles of ten.
            tasks.Add(Task(i, null, [(i % 3) switch { 0 => i - 3 > 1 ? i - 3 : 1, 1 => 1, _ => i % 30 == 2 ? i + 27 : i - 3 }]));
        }

        List<TaskPlace> places = [.. new TaskTree(tasks).InOrder()];
        Assert.Equal(Count, places.Select(place => place.Task.Raw.Address).Distinct().Count());
        Assert.Equal(Count, places.Count);
        Assert.Equal(Count / 3, places.Max(place => place.Depth));
        // Deep ones are not indented any more.
        Assert.EndsWith($"─ ({Count / 3}) ", places.MaxBy(place => place.Depth).Branch, System.StringComparison.Ordinal);
        Assert.All(places, place => Assert.InRange(place.Branch.Length, 0, (TaskBranches.MaxDepth * 3) + 12));
    }
}
