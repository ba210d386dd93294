using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>A suspended task, as the readers of waits see it.</summary>
/// <param name="Raw">The task.</param>
/// <param name="Stack">Its frames with their variables.</param>
/// <param name="Awaited">The object that its innermost frame awaits, such as a future; 0 if there is none.</param>
/// <param name="Others">All tasks of the interpreter.</param>
internal sealed record WaitingTask(RawTask Raw, PythonStack Stack, ulong Awaited, TaskDirectory Others)
{
    public PythonReader Python => Stack.Python;

    public PythonValues Values => Stack.Python.Values;

    /// <summary>The reason of the inner frames; null if they have none.</summary>
    public TaskWait? Inner { get; set; }

    /// <summary>The object in a variable of a frame if it is an instance of a class; 0 if not.</summary>
    /// <param name="type">With its module.</param>
    public ulong Find(int index, string variable, string type) => Stack.TryGetVariable(index, variable, out ulong found) && Values.IsInstance(found, type) ? found : 0;

    /// <summary>An object in a variable of a frame; 0 if there is none.</summary>
    public ulong Variable(int index, string name) => Stack.TryGetVariable(index, name, out ulong value) ? value : 0;

    /// <summary>A reason that is about one object.</summary>
    /// <param name="text">What it waits for, as people say it: <c>Queue.get</c>; the object follows.</param>
    public TaskWait Because(PyWaitKind kind, string text, ulong target) => new(kind, $"{text} {Values.Show(target)}") { Object = Values.Describe(target), Address = target };
}
