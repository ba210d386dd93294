using System.Collections.Generic;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>The tasks of trio: those of each <c>trio.run()</c>, the system's own included (<c>Runner.tasks</c>, trio/_core/_run.py).</summary>
internal sealed class TrioFramework : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Trio;

    public void Find(TaskSearch search)
    {
        if (!search.Objects.TryFindModule(search.Address, "trio._core._run"u8, out ulong module) || !search.Objects.TryGetModuleDict(module, out ulong names))
        {
            return;
        }

        search.Watch();
        Dictionary<ulong, ulong> runners = TrioRunners.Find(search, names);
        search.IsTruncated |= search.IsDoubtful;
        foreach ((ulong runner, ulong thread) in runners)
        {
            List<ulong> tasks = TasksOf(search, runner);
            TrioTaskReader reader = new(search, runner, thread);
            foreach (ulong task in tasks)
            {
                reader.Add(task);
            }
        }
    }

    private static List<ulong> TasksOf(TaskSearch search, ulong runner)
    {
        List<ulong> found = [];
        search.Watch();
        if (search.Objects.TryOpenSet(search.Values.Get(runner, "tasks"u8), out SetItems tasks))
        {
            while (found.Count < search.Options.MaxTasks && search.Objects.TryNext(ref tasks, out ulong task))
            {
                found.Add(task);
            }
        }

        search.IsTruncated |= search.IsDoubtful;
        return found;
    }
}
