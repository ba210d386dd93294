namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Where the cyclic garbage collector has its lists of objects: <c>struct _gc_runtime_state</c> (internal/pycore_gc.h, from 3.14 on internal/pycore_interp_structs.h; in 3.7 internal/mem.h).
/// They are found from <c>collecting</c> backwards, which <see cref="RuntimeLayout.GcCollecting"/> or <see cref="InterpreterLayout.GcCollecting"/> has. 3.6 has static variables instead
/// (<see cref="Runtime.RuntimeVariables.YoungestGeneration"/>).
/// </summary>
internal sealed record GcLayout
{
    /// <summary>
    /// Generations: an array of as many <c>struct gc_generation</c>, each of which begins with the head of its list. The incremental collector of 3.14's first releases has <c>young</c>
    /// and <c>old[2]</c> in the same places.
    /// </summary>
    public const int Generations = 3;

    /// <summary>
    /// <c>_gc_next</c> has two flags in its lowest bits (3.8 and later: NEXT_MASK_UNREACHABLE; 3.14's first releases: _PyGC_NEXT_MASK_OLD_SPACE_1), <c>_gc_prev</c> as well.
    /// </summary>
    public const ulong FlagBits = 3;

    /// <summary>PREV_MASK_COLLECTING: while it is set, <c>_gc_prev</c> is a count and no link (3.8 and later).</summary>
    public const ulong Collecting = 2;

    /// <summary>Bytes from <c>generations</c> to <c>collecting</c>; null in 3.6.</summary>
    public required int? GenerationsBefore { get; init; }

    /// <summary>Bytes from <c>permanent_generation</c> (<c>gc.freeze()</c>) to <c>collecting</c>; null where there is none (3.6).</summary>
    public required int? PermanentBefore { get; init; }

    /// <summary><c>sizeof(struct gc_generation)</c>.</summary>
    public required int GenerationSize { get; init; }

    /// <summary><c>sizeof(PyGC_Head)</c>: an object begins as many bytes after its head. Next and previous are its first two words.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Whether <c>_gc_prev</c> is a link at all times (to 3.7, where the counts have a field of their own).</summary>
    public bool HasPlainLinks => HeadSize > 2 * sizeof(ulong);
}
