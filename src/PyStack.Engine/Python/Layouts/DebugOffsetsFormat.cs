namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Where the values that we use are in one series' <c>_Py_DebugOffsets</c>, counted in 8-byte words from its start
/// (every member is a <c>uint64_t</c>, the cookie included). Named <c>struct_member</c> as in the header.
/// </summary>
internal sealed record DebugOffsetsFormat
{
    /// <summary>Words of the whole block.</summary>
    public required int Words { get; init; }

    public required int RuntimeSize { get; init; }

    public required int RuntimeFinalizing { get; init; }

    public required int RuntimeInterpretersHead { get; init; }

    public required int InterpreterSize { get; init; }

    public required int InterpreterId { get; init; }

    public required int InterpreterNext { get; init; }

    public required int InterpreterThreadsHead { get; init; }

    public required int InterpreterGc { get; init; }

    public required int InterpreterImportsModules { get; init; }

    public required int InterpreterSysDict { get; init; }

    public required int InterpreterBuiltins { get; init; }

    public required int InterpreterCevalGil { get; init; }

    /// <summary>The GIL that is in the interpreter; the next two are counted from the interpreter's start as well.</summary>
    public required int InterpreterGilRuntimeState { get; init; }

    public required int InterpreterGilRuntimeStateLocked { get; init; }

    public required int InterpreterGilRuntimeStateHolder { get; init; }

    public required int ThreadSize { get; init; }

    public required int ThreadNext { get; init; }

    public required int ThreadInterp { get; init; }

    public required int ThreadCurrentFrame { get; init; }

    /// <summary>3.15 and later.</summary>
    public required int? ThreadBaseFrame { get; init; }

    public required int ThreadThreadId { get; init; }

    public required int ThreadNativeThreadId { get; init; }

    public required int FrameSize { get; init; }

    public required int FramePrevious { get; init; }

    public required int FrameExecutable { get; init; }

    public required int FrameInstrPtr { get; init; }

    public required int FrameLocalsPlus { get; init; }

    public required int FrameOwner { get; init; }

    /// <summary>3.14 and later; of use in free-threaded builds only.</summary>
    public required int? FrameTlbcIndex { get; init; }

    public required int CodeSize { get; init; }

    public required int CodeFileName { get; init; }

    public required int CodeName { get; init; }

    public required int CodeQualName { get; init; }

    public required int CodeLineTable { get; init; }

    public required int CodeFirstLineNo { get; init; }

    public required int CodeArgCount { get; init; }

    public required int CodeLocalsPlusNames { get; init; }

    public required int CodeLocalsPlusKinds { get; init; }

    public required int CodeCodeAdaptive { get; init; }

    /// <summary>3.14 and later; of use in free-threaded builds only.</summary>
    public required int? CodeTlbc { get; init; }

    public required int ObjectSize { get; init; }

    public required int ObjectType { get; init; }

    public required int TypeSize { get; init; }

    public required int TypeName { get; init; }

    public required int TypeFlags { get; init; }

    /// <summary>3.15 and later.</summary>
    public required int? TypeBasicSize { get; init; }

    /// <summary>3.15 and later.</summary>
    public required int? TypeDictOffset { get; init; }

    /// <summary>3.15 and later.</summary>
    public required int? HeapTypeSize { get; init; }

    /// <summary>3.15 and later.</summary>
    public required int? HeapTypeCachedKeys { get; init; }

    public required int TupleSize { get; init; }

    public required int TupleObItem { get; init; }

    public required int ListSize { get; init; }

    public required int ListObItem { get; init; }

    /// <summary>3.14 and later.</summary>
    public required int? SetSize { get; init; }

    /// <summary>3.14 and later.</summary>
    public required int? SetTable { get; init; }

    /// <summary>3.14 and later.</summary>
    public required int? SetMask { get; init; }

    public required int DictSize { get; init; }

    public required int DictMaKeys { get; init; }

    public required int DictMaValues { get; init; }

    public required int LongSize { get; init; }

    public required int LongObDigit { get; init; }

    public required int BytesSize { get; init; }

    public required int BytesObSize { get; init; }

    public required int BytesObSval { get; init; }

    public required int UnicodeSize { get; init; }

    public required int UnicodeState { get; init; }

    public required int UnicodeLength { get; init; }

    public required int UnicodeAsciiObjectSize { get; init; }

    public required int GcSize { get; init; }

    public required int GcCollecting { get; init; }

    public required int? GeneratorSize { get; init; }

    public required int? GeneratorInlineFrame { get; init; }

    public required int? GeneratorFrameState { get; init; }
}
