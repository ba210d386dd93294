namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Where a thread state has the exception that is being handled, which <c>sys.exc_info()</c> returns. From 3.7 on it is a stack of <c>_PyErr_StackItem</c>: the outermost item is in the
/// thread state itself, and each running generator has one of its own.
/// </summary>
internal sealed record ExceptionLayout
{
    /// <summary><c>exc_value</c> of <c>PyThreadState</c> (to 3.6).</summary>
    public required int? Value { get; init; }

    /// <summary><c>exc_info</c> of <c>PyThreadState</c>: pointer to the innermost item (3.7 and later).</summary>
    public required int? InnermostItem { get; init; }

    /// <summary><c>exc_state</c> of <c>PyThreadState</c>: the outermost item itself (3.7 and later).</summary>
    public required int? OutermostItem { get; init; }

    /// <summary><c>exc_value</c> of <c>_PyErr_StackItem</c> (3.7 and later).</summary>
    public required int? ItemValue { get; init; }

    /// <summary><c>previous_item</c> of <c>_PyErr_StackItem</c> (3.7 and later).</summary>
    public required int? ItemPrevious { get; init; }

    /// <summary>Bytes from the start of the thread state that hold what is read of it.</summary>
    public int ThreadSize => (Value ?? (InnermostItem > OutermostItem + ItemValue ? InnermostItem : OutermostItem + ItemValue))!.Value + sizeof(ulong);
}
