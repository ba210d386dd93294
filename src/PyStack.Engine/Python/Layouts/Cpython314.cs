namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.14 on 64-bit Linux. Frames hold tagged references, and the shims' owner is
/// FRAME_OWNED_BY_INTERPRETER. Debug offsets overrule these numbers.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on Debian's python3.14-dbg 3.14.10-1, amd64.
/// Names and values of enums: CPython 3.14.10's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython314
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 14, 10),

        // internal/pycore_runtime_structs.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 808,
            Finalizing = 784,
            GilCurrentThread = null,
            GcCollecting = null,
        },

        // internal/pycore_interp_structs.h: struct _is; internal/pycore_gil.h: struct _gil_runtime_state
        Interpreter = new InterpreterLayout
        {
            Next = 7272,
            Id = 7280,
            ThreadsHead = 7344,
            Modules = 7688,
            SysDict = 7672,
            Builtins = 7680,
            GcCollecting = 7600,
            Gil = 16,
            GilLocked = 16,
            GilLastHolder = 8,
            Size = 7696,
        },

        // cpython/pystate.h: struct _ts
        Thread = new ThreadLayout
        {
            Next = 8,
            Interpreter = 16,
            Frame = null,
            CFrame = null,
            CFrameCurrentFrame = null,
            CurrentFrame = 72,
            BaseFrame = null,
            ThreadId = 152,
            NativeThreadId = 160,
            Size = 168,
        },

        // internal/pycore_interpframe_structs.h: struct _PyInterpreterFrame; internal/pycore_stackref.h: Py_TAG_BITS
        Frame = new FrameLayout
        {
            Previous = 8,
            Code = 0,
            CodeTagMask = 3,
            LastInstruction = null,
            LastInstructionUnit = null,
            InstructionPointer = 56,
            BytecodeIndex = null,
            Owner = 74,
            FirstShimOwner = 3, // FRAME_OWNED_BY_INTERPRETER
            IsEntry = null,
            Size = 80,
        },

        // cpython/code.h: PyCodeObject
        Code = new CodeLayout
        {
            FileName = 112,
            Name = 120,
            QualifiedName = 128,
            FirstLine = 68,
            LineTable = 136,
            LineTableKind = LineTableKind.Locations,
            Bytecode = 208,
            BytecodeCopies = null,
            FirstTraceable = 192,
            Size = 196,
        },

        // object.h: PyObject, PyVarObject; cpython/object.h: struct _typeobject
        Object = new ObjectLayout
        {
            Type = 8,
            VarSize = 16,
            TypeName = 24,
            TypeFlags = 168,
        },

        // cpython/unicodeobject.h: PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject
        Unicode = new UnicodeLayout
        {
            Length = 16,
            State = 32,
            KindBit = 2, // behind interned:2
            CompactBit = 5,
            AsciiBit = 6,
            AsciiData = 40,
            CompactData = 56,
            LegacyData = 56,
        },

        // cpython/bytesobject.h: PyBytesObject
        Bytes = new BytesLayout
        {
            Data = 32,
        },

        // internal/pycore_interpframe_structs.h: struct _PyInterpreterFrame; cpython/code.h: PyCodeObject; internal/pycore_stackref.h: Py_TAG_BITS
        Locals = new LocalsLayout
        {
            ArgumentCount = 52,
            KeywordOnlyCount = 60,
            Flags = 48,
            LocalCount = null,
            SlotCount = 72,
            Names = 96,
            Kinds = 104,
            CellNames = null,
            FreeNames = null,
            CodeSize = 112,
            FrameSlots = 80,
            TagMask = 3,
        },

        // What differs from 3.13; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython313.Layout.Values with
        {
            TupleItems = 32,
        },

        // object.h: PyObject is 32 bytes instead of 16; cpython/unicodeobject.h: state
        FreeThreaded = new FreeThreadedLayout
        {
            ObjectGrowth = 16,
            ManagedDictWords = 1,
            KindBit = 8,
            CompactBit = 11,
            AsciiBit = 12,
        },
    };
}
