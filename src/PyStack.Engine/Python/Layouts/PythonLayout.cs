using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Where the fields that we read are in one CPython version's structs, in bytes from the start of the struct unless a
/// property says otherwise. A field that the version does not have is null, never 0.
/// </summary>
internal sealed record PythonLayout
{
    /// <summary>The version that these offsets belong to.</summary>
    public required PythonVersion Version { get; init; }

    public required RuntimeLayout Runtime { get; init; }

    public required InterpreterLayout Interpreter { get; init; }

    public required ThreadLayout Thread { get; init; }

    public required ExceptionLayout Exceptions { get; init; }

    public required FrameLayout Frame { get; init; }

    public required CodeLayout Code { get; init; }

    public required ObjectLayout Object { get; init; }

    /// <summary>Null where names are byte strings (2.7).</summary>
    public required UnicodeLayout? Unicode { get; init; }

    public required BytesLayout Bytes { get; init; }

    public required LocalsLayout Locals { get; init; }

    public required ValueLayout Values { get; init; }

    public required GeneratorLayout Generator { get; init; }

    public required LockLayout Locks { get; init; }

    public required WithLayout With { get; init; }

    /// <summary>Null where there is no module <c>_asyncio</c> (2.7).</summary>
    public required AsyncioLayout? Asyncio { get; init; }

    /// <summary>Null where the collector's lists are not read (2.7). Builds without a GIL have none.</summary>
    public required GcLayout? Gc { get; init; }

    /// <summary>What a build without a GIL does differently and its debug offsets do not say (3.13 and later).</summary>
    public required FreeThreadedLayout? FreeThreaded { get; init; }

    /// <summary>Whether this is the layout of a build without a GIL, or of one that can do without.</summary>
    public bool IsFreeThreaded { get; init; }

    /// <summary>The positions in the version's own table of offsets, <c>_Py_DebugOffsets</c>. Null if it has none (before 3.13).</summary>
    public required DebugOffsetsFormat? DebugOffsets { get; init; }
}

/// <summary>The bits and shifts of a <c>--disable-gil</c> build.</summary>
internal sealed record FreeThreadedLayout
{
    /// <summary>Bytes that <c>PyObject</c> has more than with a GIL: everything after it in a struct moves by as many.</summary>
    public required int ObjectGrowth { get; init; }

    /// <inheritdoc cref="UnicodeLayout.KindBit"/>
    public required int KindBit { get; init; }

    /// <inheritdoc cref="UnicodeLayout.CompactBit"/>
    public required int CompactBit { get; init; }

    /// <inheritdoc cref="UnicodeLayout.AsciiBit"/>
    public required int AsciiBit { get; init; }

    /// <summary>Words from an object back to its managed dict (internal/pycore_object.h, MANAGED_DICT_OFFSET).</summary>
    public required int ManagedDictWords { get; init; }

    /// <summary>The same layout for such a build, for its debug offsets to complete.</summary>
    public PythonLayout Apply(PythonLayout layout) => layout with
    {
        IsFreeThreaded = true,
        Code = layout.Code with { FirstTraceable = layout.Code.FirstTraceable + ObjectGrowth },
        Locals = layout.Locals.Grow(ObjectGrowth),
        Values = layout.Values.Grow(ObjectGrowth, ManagedDictWords),
        Generator = layout.Generator.Grow(ObjectGrowth),
        Locks = layout.Locks.Grow(ObjectGrowth),
        With = layout.With.Grow(ObjectGrowth),
        Asyncio = layout.Asyncio?.Grow(ObjectGrowth),
        Unicode = layout.Unicode! with { KindBit = KindBit, CompactBit = CompactBit, AsciiBit = AsciiBit },
    };
}

/// <summary>How a code object says which bytecode belongs to which source position.</summary>
internal enum LineTableKind
{
    /// <summary><c>co_lnotab</c> of 2.7: pairs of byte increment and line increment, neither of which is ever negative.</summary>
    UnsignedLnotab,

    /// <summary><c>co_lnotab</c>, 3.6 to 3.9: pairs of byte increment and signed line increment.</summary>
    Lnotab,

    /// <summary><c>co_linetable</c> of 3.10 (PEP 626): pairs of end increment and signed line increment, -128 = no line.</summary>
    Ranges,

    /// <summary><c>co_linetable</c> from 3.11 (PEP 657): variable-length entries with columns.</summary>
    Locations,
}

/// <summary>
/// <c>_PyRuntimeState</c> (3.7 and later). Before, the variable <c>interp_head</c> is used instead, and the others have
/// addresses of their own: <see cref="RuntimeVariables"/>.
/// </summary>
internal sealed record RuntimeLayout
{
    /// <summary>
    /// <c>interpreters.head</c>: pointer to the first <c>PyInterpreterState</c>. To 3.6 the runtime's address is that pointer's
    /// own, and this is truly 0.
    /// </summary>
    public required int InterpretersHead { get; init; }

    /// <summary><c>_finalizing</c> (3.7 and 3.8: <c>finalizing</c>): the thread state that shuts the runtime down, or null.</summary>
    public required int? Finalizing { get; init; }

    /// <summary>Whether there is a struct for the whole runtime: every version that has one keeps <see cref="Finalizing"/> in it.</summary>
    public bool IsStruct => Finalizing is not null;

    /// <summary><c>ceval.gil</c> (3.7 to 3.11): the one <c>struct _gil_runtime_state</c>; later each interpreter points to one.</summary>
    public required int? Gil { get; init; }

    /// <summary><c>gilstate.tstate_current</c> (3.7 to 3.11): the thread state that holds the GIL.</summary>
    public required int? GilCurrentThread { get; init; }

    /// <summary><c>gc.collecting</c> as a 4-byte int (3.7 and 3.8; later in the interpreter).</summary>
    public required int? GcCollecting { get; init; }
}

/// <summary><c>PyInterpreterState</c> (<c>struct _is</c>).</summary>
internal sealed record InterpreterLayout
{
    /// <summary><c>next</c>.</summary>
    public required int Next { get; init; }

    /// <summary><c>id</c>, 8 bytes, signed (3.7 and later).</summary>
    public required int? Id { get; init; }

    /// <summary><c>tstate_head</c> to 3.10, <c>threads.head</c> from 3.11: the newest thread state.</summary>
    public required int ThreadsHead { get; init; }

    /// <summary><c>modules</c> to 3.11, <c>imports.modules</c> from 3.12: a dict.</summary>
    public required int Modules { get; init; }

    /// <summary><c>sysdict</c>: a dict.</summary>
    public required int SysDict { get; init; }

    /// <summary><c>builtins</c>: a dict.</summary>
    public required int Builtins { get; init; }

    /// <summary><c>gc.collecting</c> as a 4-byte int (3.9 and later).</summary>
    public required int? GcCollecting { get; init; }

    /// <summary><c>ceval.gil</c> (3.12 and later): pointer to <c>struct _gil_runtime_state</c>.</summary>
    public required int? Gil { get; init; }

    /// <summary><c>locked</c> in <c>struct _gil_runtime_state</c> as a 4-byte int: -1 not made, 0 free, 1 held (3.12 and later).</summary>
    public required int? GilLocked { get; init; }

    /// <summary><c>last_holder</c> in <c>struct _gil_runtime_state</c>: a thread state (3.12 and later).</summary>
    public required int? GilLastHolder { get; init; }

    /// <summary>Bytes from the start that hold all of the fields above that are read in one go.</summary>
    public required int Size { get; init; }
}

/// <summary><c>PyThreadState</c> (<c>struct _ts</c>).</summary>
internal sealed record ThreadLayout
{
    /// <summary><c>next</c>: the next older thread state.</summary>
    public required int Next { get; init; }

    /// <summary><c>interp</c>.</summary>
    public required int Interpreter { get; init; }

    /// <summary><c>frame</c>: a <c>PyFrameObject*</c> (to 3.10).</summary>
    public required int? Frame { get; init; }

    /// <summary><c>cframe</c>: a <c>_PyCFrame*</c> (3.11 and 3.12; in 3.10 it holds no frame and is absent here).</summary>
    public required int? CFrame { get; init; }

    /// <summary>
    /// <c>cframe</c> where it only marks the C stack (3.10): a struct in the innermost evaluation loop's own C frame, or in the thread state where none runs.
    /// </summary>
    public required int? CFrameMark { get; init; }

    /// <summary><c>current_frame</c> in <c>_PyCFrame</c> (3.11 and 3.12).</summary>
    public required int? CFrameCurrentFrame { get; init; }

    /// <summary><c>current_frame</c>: a <c>_PyInterpreterFrame*</c> (3.13 and later).</summary>
    public required int? CurrentFrame { get; init; }

    /// <summary><c>base_frame</c>: the sentinel that every complete chain of frames ends in; a shim itself (3.15 and later).</summary>
    public required int? BaseFrame { get; init; }

    /// <summary><c>thread_id</c>: the <c>pthread_t</c>, 8 bytes.</summary>
    public required int ThreadId { get; init; }

    /// <summary><c>native_thread_id</c>, 8 bytes: the kernel's thread id in the target's own PID namespace (3.11 and later).</summary>
    public required int? NativeThreadId { get; init; }

    /// <summary>Bytes from the start that hold all of the fields above.</summary>
    public required int Size { get; init; }
}

/// <summary><c>PyFrameObject</c> to 3.10, <c>_PyInterpreterFrame</c> from 3.11.</summary>
internal sealed record FrameLayout
{
    /// <summary><c>f_back</c> to 3.10, <c>previous</c> from 3.11: the caller.</summary>
    public required int Previous { get; init; }

    /// <summary><c>f_code</c>, or <c>f_executable</c> from 3.13.</summary>
    public required int Code { get; init; }

    /// <summary>Bits of <see cref="Code"/> that are a tag and not address (3.14 and later: <c>Py_TAG_BITS</c>), else 0.</summary>
    public required ulong CodeTagMask { get; init; }

    /// <summary><c>f_lasti</c> (to 3.10): a 4-byte int, in the units of <see cref="LastInstructionUnit"/>, -1 before the first.</summary>
    public required int? LastInstruction { get; init; }

    /// <summary>Bytes per unit of <see cref="LastInstruction"/>: 1 to 3.9, 2 in 3.10.</summary>
    public required int? LastInstructionUnit { get; init; }

    /// <summary><c>prev_instr</c> in 3.11 and 3.12, <c>instr_ptr</c> from 3.13: pointer into the code object's bytecode.</summary>
    public required int? InstructionPointer { get; init; }

    /// <summary>
    /// <c>tlbc_index</c>, 4 bytes: which of its code object's copies of the bytecode the frame runs (free-threaded 3.14 and later).
    /// </summary>
    public required int? BytecodeIndex { get; init; }

    /// <summary><c>owner</c>, 1 byte (3.11 and later).</summary>
    public required int? Owner { get; init; }

    /// <summary>The smallest <c>owner</c> that marks a shim, which is not shown (3.12 and later).</summary>
    public required int? FirstShimOwner { get; init; }

    /// <summary><c>is_entry</c>, 1 byte (3.11 only).</summary>
    public required int? IsEntry { get; init; }

    /// <summary><c>f_stacktop</c>, a pointer that is null while the frame runs (read in 3.9 only: see <see cref="Generator"/>).</summary>
    public required int? StackTop { get; init; }

    /// <summary><c>f_stackdepth</c> in 3.10, <c>stacktop</c> in 3.11: 4 bytes, -1 while the frame runs (read in these two only).</summary>
    public required int? StackDepth { get; init; }

    /// <summary>
    /// <c>f_gen</c>: the generator that the frame belongs to, or null (read in 3.9 and 3.10; from 3.11 on see <see cref="Owner"/>). From 3.9 to 3.11
    /// <c>_gen_throw</c> (Objects/genobject.c) links suspended generators into the thread's frames without running them.
    /// </summary>
    public required int? Generator { get; init; }

    /// <summary>Bytes from the start that hold all of the fields above.</summary>
    public required int Size { get; init; }
}

/// <summary><c>PyCodeObject</c>.</summary>
internal sealed record CodeLayout
{
    /// <summary><c>co_filename</c>.</summary>
    public required int FileName { get; init; }

    /// <summary><c>co_name</c>.</summary>
    public required int Name { get; init; }

    /// <summary><c>co_qualname</c> (3.11 and later).</summary>
    public required int? QualifiedName { get; init; }

    /// <summary><c>co_firstlineno</c>, 4 bytes.</summary>
    public required int FirstLine { get; init; }

    /// <summary><c>co_lnotab</c> to 3.9, <c>co_linetable</c> from 3.10: a bytes object.</summary>
    public required int LineTable { get; init; }

    public required LineTableKind LineTableKind { get; init; }

    /// <summary><c>co_code_adaptive</c>: the bytecode inside the code object (3.11 and later).</summary>
    public required int? Bytecode { get; init; }

    /// <summary>
    /// <c>co_tlbc</c>: pointer to the copies of the bytecode, one for each thread that runs it, the first the code object's own
    /// (<c>_PyCodeArray</c>: their number, then the pointers; free-threaded 3.14 and later).
    /// </summary>
    public required int? BytecodeCopies { get; init; }

    /// <summary>
    /// <c>_co_firsttraceable</c>, 4 bytes: how many code units are before the function's own code. A frame that has not
    /// come so far is hidden, as CPython hides it (3.11 and later).
    /// </summary>
    public required int? FirstTraceable { get; init; }

    /// <summary>Bytes from the start that hold all of the fields above (not the bytecode itself).</summary>
    public required int Size { get; init; }
}

/// <summary><c>PyObject</c>, <c>PyVarObject</c> and <c>PyTypeObject</c>.</summary>
internal sealed record ObjectLayout
{
    /// <summary><c>ob_type</c>.</summary>
    public required int Type { get; init; }

    /// <summary><c>ob_size</c> of variable-size objects.</summary>
    public required int VarSize { get; init; }

    /// <summary><c>tp_name</c>: a C string.</summary>
    public required int TypeName { get; init; }

    /// <summary><c>tp_flags</c>, 8 bytes.</summary>
    public required int TypeFlags { get; init; }
}

/// <summary><c>PyASCIIObject</c>, <c>PyCompactUnicodeObject</c> and <c>PyUnicodeObject</c>.</summary>
internal sealed record UnicodeLayout
{
    /// <summary><c>length</c>: code points, 8 bytes.</summary>
    public required int Length { get; init; }

    /// <summary><c>state</c>: the 4 bytes whose bits are named below.</summary>
    public required int State { get; init; }

    /// <summary>Lowest bit of the 3-bit <c>state.kind</c>: 1, 2 or 4 bytes per code point (0 = not ready, to 3.11).</summary>
    public required int KindBit { get; init; }

    /// <summary>Bit of <c>state.compact</c>.</summary>
    public required int CompactBit { get; init; }

    /// <summary>Bit of <c>state.ascii</c>.</summary>
    public required int AsciiBit { get; init; }

    /// <summary>Bytes before the characters that are read in one go: more than any version has (48, in free-threaded builds 56).</summary>
    public const int LargestHead = 96;

    /// <summary><c>sizeof(PyASCIIObject)</c>: where the characters of a compact ASCII string begin; at most <see cref="LargestHead"/>.</summary>
    public required int AsciiData { get; init; }

    /// <summary><c>sizeof(PyCompactUnicodeObject)</c>: where the characters of any other compact string begin.</summary>
    public required int CompactData { get; init; }

    /// <summary><c>PyUnicodeObject.data</c>: pointer to the characters of a string that is not compact.</summary>
    public required int LegacyData { get; init; }
}

/// <summary><c>PyBytesObject</c>; in 2.7 <c>PyStringObject</c>, which is the same under its older name.</summary>
internal sealed record BytesLayout
{
    /// <summary><c>ob_sval</c>: the first byte.</summary>
    public required int Data { get; init; }
}
