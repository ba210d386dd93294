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

        foreach ((ulong runner, ulong thread) in TrioRunners.Find(search, names))
        {
            TrioTaskReader reader = new(search, runner, thread);
            if (!search.Objects.TryOpenSet(search.Values.Get(runner, "tasks"u8), out SetItems tasks))
            {
                continue;
            }

            while (search.HasRoom && search.Objects.TryNext(ref tasks, out ulong task))
            {
                reader.Add(task);
            }
        }
    }
}
