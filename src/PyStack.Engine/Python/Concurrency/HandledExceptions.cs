using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Concurrency;

/// <summary>
/// Finds the exception that a thread handles, as <c>sys.exc_info()</c> does: of the items of its stack of exceptions the innermost that has one (Python/errors.c,
/// <c>_PyErr_GetTopmostException</c>; to 3.6 the thread state has only one).
/// </summary>
internal sealed class HandledExceptions(ObjectReader objects)
{
    /// <summary>Generators that run each other: no more than a stack has frames of them.</summary>
    private const int MaxItems = 65_536;

    private readonly ExceptionLayout _layout = objects.Layout.Exceptions;

    /// <summary>Whether a thread state, by what was read of it in the capture, has no exception. If not, it may still have none.</summary>
    /// <param name="thread">The thread state.</param>
    /// <param name="captured">What was read of it in the capture.</param>
    public bool HasNone(ulong thread, in RawException captured)
        => (_layout.OutermostItem is not int outermost || captured.Item == thread + (ulong)outermost) && IsNone(captured.Value);

    /// <summary>Finds it in memory that was read later; false if the thread has come to another one since, or if it cannot be read.</summary>
    /// <param name="memory">The target's memory, or a copy.</param>
    /// <param name="value">The exception; 0 if none is handled.</param>
    /// <inheritdoc cref="HasNone"/>
    public bool TryFind(IMemorySource memory, ulong thread, in RawException captured, out ulong value)
    {
        if (_layout.Value is int offset)
        {
            return memory.TryReadPointer(thread + (ulong)offset, out value) && value == captured.Value;
        }

        ulong outermost = thread + (ulong)_layout.OutermostItem!.Value;
        if (!memory.TryReadPointer(thread + (ulong)_layout.InnermostItem!.Value, out ulong item) || item != captured.Item)
        {
            value = 0;
            return false;
        }

        for (int i = 0; i < MaxItems; i++)
        {
            if (!memory.TryReadPointer(item + (ulong)_layout.ItemValue!.Value, out value))
            {
                return false;
            }

            if (!IsNone(value))
            {
                return item != outermost || captured.Item != outermost || value == captured.Value;
            }

            value = 0;
            if (item == outermost)
            {
                return true;
            }

            if (!memory.TryReadPointer(item + (ulong)_layout.ItemPrevious!.Value, out item))
            {
                return false;
            }
        }

        value = 0;
        return false;
    }

    private bool IsNone(ulong value) => value == 0 || objects.Is(value, ObjectKind.None);
}
