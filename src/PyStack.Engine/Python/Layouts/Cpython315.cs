using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.15 on 64-bit Linux. As 3.14, but each thread has a sentinel frame at the bottom of its stack.
/// Debug offsets overrule these numbers.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on Debian's python3.15-dbg 3.15.2-1, amd64.
/// Names and values of enums: CPython 3.15.2's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython315
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 15, 2),

        // internal/pycore_runtime_structs.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 936,
            Finalizing = 912,
            Gil = null,
            GilCurrentThread = null,
            GcCollecting = null,
        },

        // internal/pycore_interp_structs.h: struct _is; internal/pycore_gil.h: struct _gil_runtime_state
        Interpreter = new InterpreterLayout
        {
            Next = 7264,
            Id = 7272,
            ThreadsHead = 7336,
            Modules = 7592,
            SysDict = 7576,
            Builtins = 7584,
            GcCollecting = 7512,
            Gil = 16,
            GilLocked = 16,
            GilLastHolder = 8,
            Size = 7600,
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
            BaseFrame = 80,
            ThreadId = 176,
            NativeThreadId = 184,
            Size = 192,
        },

        // cpython/pystate.h: struct _ts, struct _err_stackitem
        Exceptions = new ExceptionLayout
        {
            Value = null,
            InnermostItem = 144,
            OutermostItem = 288,
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

        // What differs from 3.14; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython314.Layout.Values with
        {
            TypeQualifiedName = 880,
            TypeCachedKeys = 888,
        },

        // What differs from 3.14: enum _framestate, in the debug information of Debian's 3.15.2
        Generator = Cpython314.Layout.Generator with
        {
            DelegatePlace = 2, // after it the index of a virtual iterator, or null
            States = new GeneratorStates(Created: 0, Suspended: 1, Delegating: 2, DelegatingLocked: 3, Executing: 4),
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
            ThreadLoop = 1024,
            ThreadTask = 1032,
            ThreadTasks = 1048,
            InterpreterTasks = 10856,
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
            GenerationsBefore = 104,
            PermanentBefore = 32,
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

        // internal/pycore_debug_offsets.h of CPython 3.15.2: struct _Py_DebugOffsets
        DebugOffsets = new DebugOffsetsFormat
        {
            Words = 111,

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
            ThreadBaseFrame = 27,
            ThreadThreadId = 30,
            ThreadNativeThreadId = 31,

            // interpreter_frame
            FrameSize = 39,
            FramePrevious = 40,
            FrameExecutable = 41,
            FrameInstrPtr = 42,
            FrameLocalsPlus = 43,
            FrameOwner = 44,
            FrameTlbcIndex = 46,

            // code_object
            CodeSize = 47,
            CodeFileName = 48,
            CodeName = 49,
            CodeQualName = 50,
            CodeLineTable = 51,
            CodeFirstLineNo = 52,
            CodeArgCount = 53,
            CodeLocalsPlusNames = 54,
            CodeLocalsPlusKinds = 55,
            CodeCodeAdaptive = 56,
            CodeTlbc = 57,

            // pyobject
            ObjectSize = 58,
            ObjectType = 59,

            // type_object
            TypeSize = 60,
            TypeName = 61,
            TypeFlags = 63,
            TypeBasicSize = 64,
            TypeDictOffset = 65,

            // heap_type_object
            HeapTypeSize = 66,
            HeapTypeCachedKeys = 67,

            // tuple_object
            TupleSize = 68,
            TupleObItem = 69,

            // list_object
            ListSize = 71,
            ListObItem = 72,

            // set_object
            SetSize = 74,
            SetTable = 76,
            SetMask = 77,

            // dict_object
            DictSize = 78,
            DictMaKeys = 79,
            DictMaValues = 80,

            // long_object
            LongSize = 83,
            LongObDigit = 85,

            // bytes_object
            BytesSize = 86,
            BytesObSize = 87,
            BytesObSval = 88,

            // unicode_object
            UnicodeSize = 89,
            UnicodeState = 90,
            UnicodeLength = 91,
            UnicodeAsciiObjectSize = 92,

            // gc
            GcSize = 94,
            GcCollecting = 95,

            // gen_object
            GeneratorSize = 99,
            GeneratorInlineFrame = 101,
            GeneratorFrameState = 102,
        },
    };
}
