namespace PyStack.Engine.Python.Objects;

/// <summary>One type of the target. A struct, so that it can be created in the pause.</summary>
/// <param name="Address">Of the type object.</param>
/// <param name="Name">Of <c>tp_name</c>, a C string.</param>
/// <param name="Flags"><c>tp_flags</c></param>
/// <param name="Kind">How its objects are shown.</param>
/// <param name="IsExact">Whether it is the built-in type itself, not a class that inherits from it.</param>
internal readonly record struct TypeInfo(ulong Address, ulong Name, ulong Flags, ObjectKind Kind, bool IsExact)
{
    /// <summary>Py_TPFLAGS_HEAPTYPE (object.h): made by a class statement or from a spec, not a static variable.</summary>
    public const ulong HeapType = 1ul << 9;

    /// <summary>_Py_TPFLAGS_STATIC_BUILTIN (object.h, 3.12 and later)</summary>
    public const ulong StaticBuiltIn = 1ul << 1;

    /// <summary>Py_TPFLAGS_INLINE_VALUES (object.h, 3.13 and later)</summary>
    public const ulong InlineValues = 1ul << 2;

    /// <summary>Py_TPFLAGS_MANAGED_DICT (object.h, 3.11 and later)</summary>
    public const ulong ManagedDict = 1ul << 4;

    // Py_TPFLAGS_*_SUBCLASS (object.h); 2.7 has one more, for its int.
    public const ulong OldIntSubclass = 1ul << 23;
    public const ulong IntSubclass = 1ul << 24;
    public const ulong ListSubclass = 1ul << 25;
    public const ulong TupleSubclass = 1ul << 26;
    public const ulong BytesSubclass = 1ul << 27;
    public const ulong TextSubclass = 1ul << 28;
    public const ulong DictSubclass = 1ul << 29;
    public const ulong ExceptionSubclass = 1ul << 30;
    public const ulong TypeSubclass = 1ul << 31;

    public bool IsHeapType => (Flags & HeapType) != 0;
}
