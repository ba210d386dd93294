




namespace PyStack.Engine.Python.Layouts;

/// <summary>How a dict keeps its entries.</summary>
internal enum DictKind
{
    /// <summary>One table of hash, key and value (2.7).</summary>
    Table,

    /// <summary><c>PyDictKeysObject</c> with <c>dk_size</c>, entries of 24 bytes (3.6 to 3.10).</summary>
    Keys,

    /// <summary><c>PyDictKeysObject</c> with <c>dk_log2_size</c> and <c>dk_kind</c>, entries of 24 or 16 bytes (3.11 and later).</summary>
    KindedKeys,
}

/// <summary>Where an instance keeps its attributes if not in a dict of its own at <c>tp_dictoffset</c>.</summary>
internal enum ManagedDictKind
{
    /// <summary>There is nothing else (to 3.10).</summary>
    None,

    /// <summary>Four words before the object its values, three words before it its dict (3.11).</summary>
    TwoPointers,

    /// <summary>Three words before the object one of both, the values marked by the lowest bit (3.12).</summary>
    TaggedPointer,

    /// <summary>Behind the object its values, before it its dict (3.13 and later).</summary>
    Inline,
}

/// <summary>
/// Where the built-in types keep what <c>repr()</c> shows: offsets from the start of the object. What every supported version has at one offset
/// after the object's head (<see cref="ObjectLayout.VarSize"/>) is not here but with the code that reads it, in <c>Python/Objects</c> and <c>Python/Repr</c>.
/// </summary>
internal sealed record ValueLayout
{
    /// <summary>Bits of <c>lv_tag</c> below the number of digits (3.12 and later); before, number and sign are in <c>ob_size</c>: null.</summary>
    public required int? LongTagBits { get; init; }

    /// <summary><c>ob_digit</c> of an int (2.7: long): 30 bits in each 4 bytes, the lowest first.</summary>
    public required int LongDigits { get; init; }

    /// <summary>The first byte of a bytearray: <c>ob_start</c>, in 2.7 <c>ob_bytes</c>.</summary>
    public required int ByteArrayStart { get; init; }

    /// <summary><c>ob_item</c> of a list: a pointer to the items.</summary>
    public required int ListItems { get; init; }

    /// <summary><c>ob_item</c> of a tuple: the items themselves.</summary>
    public required int TupleItems { get; init; }

    public required DictKind DictKind { get; init; }

    /// <summary><c>ma_keys</c>; in 2.7 <c>ma_table</c>.</summary>
    public required int DictKeys { get; init; }

    /// <summary><c>ma_values</c> (3.3 and later); in 2.7 <c>ma_mask</c>, the size of the table less one.</summary>
    public required int DictValues { get; init; }

    /// <summary>
    /// <c>sizeof(PyDictObject)</c>: what classes that inherit from it have is there. <c>ma_values</c> is its last field; in 2.7 <c>ma_table</c>, <c>ma_lookup</c> and
    /// <c>ma_smalltable</c> of 8 entries follow <c>ma_mask</c>.
    /// </summary>
    public int DictSize => DictKind == DictKind.Table ? DictValues + (3 * sizeof(ulong)) + (8 * 3 * sizeof(ulong)) : DictValues + sizeof(ulong);

    /// <summary><c>dk_nentries</c> in <c>PyDictKeysObject</c> (3.6 and later).</summary>
    public required int? KeysEntryCount { get; init; }

    /// <summary><c>dk_indices</c> in <c>PyDictKeysObject</c> (3.6 and later).</summary>
    public required int? KeysIndices { get; init; }

    /// <summary><c>values</c> in <c>PyDictValues</c>, which began as a plain array; null in 2.7.</summary>
    public required int? ValuesItems { get; init; }

    public required ManagedDictKind ManagedDict { get; init; }

    /// <summary>Words from an object back to its managed dict (3.13 and later; free-threaded builds have another).</summary>
    public required int? ManagedDictWords { get; init; }

    /// <summary><c>table</c> of a set.</summary>
    public required int SetTable { get; init; }

    /// <summary><c>mask</c> of a set: the size of its table less one.</summary>
    public required int SetMask { get; init; }

    /// <summary><c>key</c> in <c>setentry</c>, of 16 bytes.</summary>
    public required int SetEntryKey { get; init; }

    /// <summary><c>tp_basicsize</c> of a type.</summary>
    public required int TypeBasicSize { get; init; }

    /// <summary><c>tp_base</c> of a type.</summary>
    public required int TypeBase { get; init; }

    /// <summary><c>tp_descr_get</c> of a type: in every version after tp_base and tp_dict.</summary>
    public int TypeDescriptorGet => TypeBase + (2 * sizeof(ulong));

    /// <summary>
    /// <c>tp_mro</c> of a type: in every version after tp_base, tp_dict, tp_descr_get, tp_descr_set, tp_dictoffset, tp_init, tp_alloc, tp_new, tp_free, tp_is_gc and tp_bases.
    /// </summary>
    public int TypeMro => TypeBase + (11 * sizeof(ulong));

    /// <summary><c>tp_dict</c> of a type.</summary>
    public required int TypeDict { get; init; }

    /// <summary><c>tp_dictoffset</c> of a type.</summary>
    public required int TypeDictOffset { get; init; }

    /// <summary><c>ht_qualname</c> of a class that is no static type; in 2.7 <c>ht_name</c>. Null if the series is newer than all that are known.</summary>
    public required int? TypeQualifiedName { get; init; }

    /// <summary><c>ht_cached_keys</c> of such a class: the keys of its instances (3.3 and later).</summary>
    public required int? TypeCachedKeys { get; init; }

    /// <summary><c>func_qualname</c>; in 2.7 <c>func_name</c>.</summary>
    public required int FunctionName { get; init; }

    /// <summary><c>func_closure</c>: a tuple of the cells of its free variables, or null.</summary>
    public required int FunctionClosure { get; init; }

    /// <summary><c>args</c> of an exception.</summary>
    public required int ExceptionArguments { get; init; }

    /// <summary>
    /// <c>myerrno</c> of an OSError, in 2.7 of an EnvironmentError. After it come <c>strerror</c>, <c>filename</c> and, from 3.4 on, <c>filename2</c>, each null where it was not given.
    /// </summary>
    public required int ErrorNumber { get; init; }

    /// <summary>The same for a build whose objects begin with more.</summary>
    /// <param name="managedDictWords">As <see cref="ManagedDictWords"/>.</param>
    public ValueLayout Grow(int growth, int managedDictWords) => this with
    {
        LongDigits = LongDigits + growth,
        ByteArrayStart = ByteArrayStart + growth,
        ListItems = ListItems + growth,
        TupleItems = TupleItems + growth,
        DictKeys = DictKeys + growth,
        DictValues = DictValues + growth,
        ManagedDictWords = managedDictWords,
        SetTable = SetTable + growth,
        SetMask = SetMask + growth,
        TypeBasicSize = TypeBasicSize + growth,
        TypeBase = TypeBase + growth,
        TypeDict = TypeDict + growth,
        TypeDictOffset = TypeDictOffset + growth,
        TypeQualifiedName = TypeQualifiedName + growth,
        TypeCachedKeys = TypeCachedKeys + growth,
        FunctionName = FunctionName + growth,
        FunctionClosure = FunctionClosure + growth,
        ExceptionArguments = ExceptionArguments + growth,
        ErrorNumber = ErrorNumber + growth,
    };
}
