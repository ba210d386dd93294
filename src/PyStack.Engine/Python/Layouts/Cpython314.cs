using PyStack.Engine.Python.Runtime;

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
            Gil = null,
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
            CFrameMark = null,
            CFrameCurrentFrame = null,
            CurrentFrame = 72,
            BaseFrame = null,
            ThreadId = 152,
            NativeThreadId = 160,
            Size = 168,
        },

        // cpython/pystate.h: struct _ts, struct _err_stackitem
        Exceptions = new ExceptionLayout
        {
            Value = null,
            InnermostItem = 120,
            OutermostItem = 256,
            ItemValue = 0,
            ItemPrevious = 8,
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
            StackTop = null,
            StackDepth = null,
            Generator = null,
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
            KindBit = 2, // after interned:2
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
            FrameGlobals = 24,
            FrameNamespace = 40,
            TagMask = 3,
        },

        // What differs from 3.13; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython313.Layout.Values with
        {
            TupleItems = 32,
        },

        // What differs from 3.13: internal/pycore_interpframe_structs.h, struct _PyInterpreterFrame
        Generator = Cpython313.Layout.Generator with
        {
            StackTop = 64,
            StackDepth = null,
        },

        // Python/parking_lot.c: struct wait_entry; cpython/funcobject.h: PyFunctionObject
        Locks = new LockLayout
        {
            AddressBeforeSemaphore = 8,
            HasRecursiveMutex = true,
            FunctionCode = 48,
            FunctionClosure = 72,
        },

        // Modules/_asynciomodule.c: FutureObj, TaskObj; internal/pycore_tstate.h: _PyThreadStateImpl; internal/pycore_interp_structs.h: struct _is
        Asyncio = new AsyncioLayout
        {
            Loop = 16,
            FirstCallback = 24,
            Callbacks = 40,
            SourceTraceback = 72,
            State = 104,
            MustCancel = 110,
            MustCancelBit = 2,
            CancelsRequested = 112,
            Waiter = 120,
            Coroutine = 128,
            Name = 136,
            Size = 168,
            AwaitedBy = 96,
            AwaitedByIsSet = 109,
            Node = 152,
            ThreadDict = null,
            ThreadLoop = 864,
            ThreadTask = 872,
            ThreadTasks = 880,
            InterpreterTasks = 10880,
        },

        // cpython/code.h: PyCodeObject
        With = new WithLayout
        {
            BlockCount = null,
            Blocks = null,
            CodeBytes = null,
            BlockType = null,
            ExceptionTable = 40,
            ExitValues = 2,
            StackSize = 64,
            Names = 32,
        },

        // internal/pycore_interp_structs.h: PyGC_Head, struct gc_generation, struct _gc_runtime_state
        Gc = new GcLayout
        {
            GenerationsBefore = 168,
            PermanentBefore = 96,
            GenerationSize = 24,
            HeadSize = 16,
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

        // internal/pycore_debug_offsets.h of CPython 3.14.10: struct _Py_DebugOffsets
        DebugOffsets = new DebugOffsetsFormat
        {
            Words = 95,

            // runtime_state
            RuntimeSize = 3,
            RuntimeFinalizing = 4,
            RuntimeInterpretersHead = 5,

            // interpreter_state
            InterpreterSize = 6,
            InterpreterId = 7,
            InterpreterNext = 8,
            InterpreterThreadsHead = 9,
            InterpreterGc = 11,
            InterpreterImportsModules = 12,
            InterpreterSysDict = 13,
            InterpreterBuiltins = 14,
            InterpreterCevalGil = 15,
            InterpreterGilRuntimeState = 16,
            InterpreterGilRuntimeStateLocked = 18,
            InterpreterGilRuntimeStateHolder = 19,

            // thread_state
            ThreadSize = 22,
            ThreadNext = 24,
            ThreadInterp = 25,
            ThreadCurrentFrame = 26,
            ThreadBaseFrame = null,
            ThreadThreadId = 27,
            ThreadNativeThreadId = 28,

            // interpreter_frame
            FrameSize = 31,
            FramePrevious = 32,
            FrameExecutable = 33,
            FrameInstrPtr = 34,
            FrameLocalsPlus = 35,
            FrameOwner = 36,
            FrameTlbcIndex = 38,

            // code_object
            CodeSize = 39,
            CodeFileName = 40,
            CodeName = 41,
            CodeQualName = 42,
            CodeLineTable = 43,
            CodeFirstLineNo = 44,
            CodeArgCount = 45,
            CodeLocalsPlusNames = 46,
            CodeLocalsPlusKinds = 47,
            CodeCodeAdaptive = 48,
            CodeTlbc = 49,

            // pyobject
            ObjectSize = 50,
            ObjectType = 51,

            // type_object
            TypeSize = 52,
            TypeName = 53,
            TypeFlags = 55,
            TypeBasicSize = null,
            TypeDictOffset = null,

            // heap_type_object
            HeapTypeSize = null,
            HeapTypeCachedKeys = null,

            // tuple_object
            TupleSize = 56,
            TupleObItem = 57,

            // list_object
            ListSize = 59,
            ListObItem = 60,

            // set_object
            SetSize = 62,
            SetTable = 64,
            SetMask = 65,

            // dict_object
            DictSize = 66,
            DictMaKeys = 67,
            DictMaValues = 68,

            // long_object
            LongSize = 71,
            LongObDigit = 73,

            // bytes_object
            BytesSize = 74,
            BytesObSize = 75,
            BytesObSval = 76,

            // unicode_object
            UnicodeSize = 77,
            UnicodeState = 78,
            UnicodeLength = 79,
            UnicodeAsciiObjectSize = 80,

            // gc
            GcSize = 81,
            GcCollecting = 82,

            // gen_object
            GeneratorSize = 83,
            GeneratorInlineFrame = 85,
            GeneratorFrameState = 86,
        },
    };
}
