using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Reads asyncio tasks: those that are written in C, <c>_asyncio.Task</c>.</summary>
internal sealed class AsyncioTaskReader(TaskSearch search)
{
    private readonly AsyncioLayout? _at = search.Python.Layout.Asyncio;

    public void Add(ulong task)
    {
        if (_at is null || !search.Values.IsInstance(task, "_asyncio.Task"))
        {
            return;
        }

        ulong coroutine = Field(task, _at.Coroutine);
        ulong loop = Field(task, _at.Loop);
        _ = search.Memory.TryRead(task + (ulong)_at.State, out int state);
        search.Add(new RawTask
        {
            Kind = PyTaskKind.Asyncio,
            Address = task,
            Interpreter = search.Interpreter,
            TypeName = search.Values.TypeName(task),
            Loop = loop,
            Thread = search.FindThread((ulong)(search.Values.Number(search.Values.Get(loop, "_thread_id"u8)) ?? 0)),
            Name = _at.Name is int name ? search.Values.Text(Field(task, name)) : null,
            State = state != 0 ? PyTaskState.Done : PyTaskState.Unknown,
            Root = coroutine == 0 ? null : new StackRoot(StackRootKind.Coroutine, coroutine),
            Awaits = Field(task, _at.Waiter),
        });
    }

    private ulong Field(ulong task, int offset) => search.Memory.TryReadPointer(task + (ulong)offset, out ulong value) && !search.Values.IsNone(value) ? value : 0;
}
