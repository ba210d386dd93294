using System.Collections.Generic;
using PyStack.Engine.Tasks.Frameworks;

namespace PyStack.Engine.Tasks;

/// <summary>The frameworks of tasks that are known, in the order in which their tasks are written.</summary>
internal static class TaskFrameworks
{
    public static readonly IReadOnlyList<ITaskFramework> All =
    [
        new AsyncioFramework(),
        new AnyioTasks(),
        new GreenletFramework(),
        new TrioFramework(),
        new CoroutineFramework(),
    ];
}
