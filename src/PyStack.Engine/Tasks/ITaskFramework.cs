namespace PyStack.Engine.Tasks;

/// <summary>Finds the tasks of one framework. A new framework is a new implementation, and one line in <see cref="TaskFrameworks"/>.</summary>
internal interface ITaskFramework
{
    PyTaskKind Kind { get; }

    /// <summary>Finds all tasks of one interpreter, and adds each once (<see cref="TaskSearch.Add"/>).</summary>
    void Find(TaskSearch search);
}
