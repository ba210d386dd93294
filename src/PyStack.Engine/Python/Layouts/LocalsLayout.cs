




namespace PyStack.Engine.Python.Layouts;

/// <summary>Where a frame keeps its variables and its code object their names: offsets in <c>PyCodeObject</c> unless said otherwise.</summary>
internal sealed record LocalsLayout
{
    /// <summary><c>co_argcount</c>, 4 bytes: positional parameters, positional-only ones included.</summary>
    public required int ArgumentCount { get; init; }

    /// <summary><c>co_kwonlyargcount</c>, 4 bytes (3.0 and later).</summary>
    public required int? KeywordOnlyCount { get; init; }

    /// <summary><c>co_flags</c>, 4 bytes.</summary>
    public required int Flags { get; init; }

    /// <summary><c>co_nlocals</c>, 4 bytes (to 3.10).</summary>
    public required int? LocalCount { get; init; }

    /// <summary><c>co_nlocalsplus</c>, 4 bytes: locals, cells and free variables (3.11 and later).</summary>
    public required int? SlotCount { get; init; }

    /// <summary><c>co_varnames</c> to 3.10, <c>co_localsplusnames</c> from 3.11: a tuple.</summary>
    public required int Names { get; init; }

    /// <summary><c>co_localspluskinds</c>: bytes, one for each slot (3.11 and later).</summary>
    public required int? Kinds { get; init; }

    /// <summary><c>co_cellvars</c>: a tuple (to 3.10).</summary>
    public required int? CellNames { get; init; }

    /// <summary><c>co_freevars</c>: a tuple (to 3.10).</summary>
    public required int? FreeNames { get; init; }

    /// <summary>Bytes from the start of the code object that hold all of the fields above.</summary>
    public required int CodeSize { get; init; }

    /// <summary><c>f_localsplus</c> in <c>PyFrameObject</c> to 3.10, <c>localsplus</c> in <c>_PyInterpreterFrame</c> from 3.11: the slots, 8 bytes each.</summary>
    public required int FrameSlots { get; init; }

    /// <summary><c>f_globals</c> of the same struct.</summary>
    public required int FrameGlobals { get; init; }

    /// <summary><c>f_locals</c> of the same struct: a mapping, null where all variables are in slots.</summary>
    public required int FrameNamespace { get; init; }

    /// <summary>Bits of a slot that are a tag and not address (3.14 and later), else 0.</summary>
    public required ulong TagMask { get; init; }

    /// <summary>The same for a build whose objects begin with more.</summary>
    public LocalsLayout Grow(int growth) => this with
    {
        ArgumentCount = ArgumentCount + growth,
        KeywordOnlyCount = KeywordOnlyCount + growth,
        Flags = Flags + growth,
        LocalCount = LocalCount + growth,
        SlotCount = SlotCount + growth,
        Names = Names + growth,
        Kinds = Kinds + growth,
        CodeSize = CodeSize + growth,
    };
}
