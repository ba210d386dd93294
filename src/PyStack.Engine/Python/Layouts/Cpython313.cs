using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.13 on 64-bit Linux. The first with debug offsets, which overrule these numbers (3.13.0 and
/// 3.13.18 agree in all of them).
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.13.0, libpython3.13.so.1.0.
/// Names and values of enums: CPython 3.13.0's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython313
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 13, 0),

        // internal/pycore_runtime.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 632,
            Finalizing = 608,
            Gil = null,
            GilCurrentThread = null,
            GcCollecting = null,
        },

        // internal/pycore_interp.h: struct _is; internal/pycore_gil.h: struct _gil_runtime_state
        Interpreter = new InterpreterLayout
        {
            Next = 7264,
            Id = 7272,
            ThreadsHead = 7344,
            Modules = 7656,
            SysDict = 7640,
            Builtins = 7648,
            GcCollecting = 7600,
            Gil = 16,
            GilLocked = 16,
            GilLastHolder = 8,
            Size = 7664,
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

        // internal/pycore_frame.h: struct _PyInterpreterFrame
        Frame = new FrameLayout
        {
            Previous = 8,
            Code = 0,
            CodeTagMask = 0,
            LastInstruction = null,
            LastInstructionUnit = null,
            InstructionPointer = 56,
            BytecodeIndex = null,
            Owner = 70,
            FirstShimOwner = 3, // FRAME_OWNED_BY_CSTACK
            IsEntry = null,
            StackTop = null,
            StackDepth = null,
            Generator = null,
            Size = 72,
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
            Bytecode = 200,
            BytecodeCopies = null,
            FirstTraceable = 184,
            Size = 188,
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

        // internal/pycore_frame.h: struct _PyInterpreterFrame; cpython/code.h: PyCodeObject
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
            FrameSlots = 72,
            FrameGlobals = 24,
            FrameNamespace = 40,
            TagMask = 0,
        },

        // What differs from 3.12; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython312.Layout.Values with
        {
            ValuesItems = 8,
            ManagedDict = ManagedDictKind.Inline,
            ManagedDictWords = 3,
        },

        // What differs from 3.12; the headers are those named there
        Generator = Cpython312.Layout.Generator with
        {
            States = new GeneratorStates(Created: -3, Suspended: -2, Delegating: -1, DelegatingLocked: null, Executing: 0),
            Delegating = null,
            DelegatingArgument = 0,
        },

        // Python/parking_lot.c: struct wait_entry; cpython/funcobject.h: PyFunctionObject
        Locks = new LockLayout
        {
            AddressBeforeSemaphore = 8,
            HasRecursiveMutex = false,
            FunctionCode = 48,
            FunctionClosure = 72,
        },

        // Modules/_asynciomodule.c: TaskObj
        Asyncio = new AsyncioLayout
        {
            Loop = 16,
            FirstCallback = 24,
            Callbacks = 40,
            SourceTraceback = 72,
            State = 96,
            MustCancel = 100,
            MustCancelBit = 2,
            CancelsRequested = 104,
            Waiter = 112,
            Coroutine = 120,
            Name = 128,
            Size = 144,
            AwaitedBy = null,
            AwaitedByIsSet = null,
            Node = null,
            ThreadDict = null,
            ThreadLoop = 304,
            ThreadTask = null,
            ThreadTasks = null,
            InterpreterTasks = null,
        },

        // cpython/code.h: PyCodeObject
        With = new WithLayout
        {
            BlockCount = null,
            Blocks = null,
            CodeBytes = null,
            BlockType = null,
            ExceptionTable = 40,
            ExitValues = 1,
            StackSize = 64,
            Names = 32,
        },

        // internal/pycore_gc.h: PyGC_Head, struct _gc_runtime_state
        Gc = new GcLayout
        {
            GenerationsBefore = 176,
            PermanentBefore = 96,
            GenerationSize = 24,
            HeadSize = 16,
        },

        // object.h: PyObject is 32 bytes instead of 16; cpython/unicodeobject.h: state
        FreeThreaded = new FreeThreadedLayout
        {
            ObjectGrowth = 16,
            ManagedDictWords = 1,
            KindBit = 2,
            CompactBit = 5,
            AsciiBit = 6,
        },

        // internal/pycore_runtime.h of CPython 3.13.0 and 3.13.18: struct _Py_DebugOffsets
        DebugOffsets = new DebugOffsetsFormat
        {
            Words = 73,

            // runtime_state
            RuntimeSize = 3,
            RuntimeFinalizing = 4,
            RuntimeInterpretersHead = 5,

            // interpreter_state
            InterpreterSize = 6,
            InterpreterId = 7,
            InterpreterNext = 8,
            InterpreterThreadsHead = 9,
            InterpreterGc = 10,
            InterpreterImportsModules = 11,
            InterpreterSysDict = 12,
            InterpreterBuiltins = 13,
            InterpreterCevalGil = 14,
            InterpreterGilRuntimeState = 15,
            InterpreterGilRuntimeStateLocked = 17,
            InterpreterGilRuntimeStateHolder = 18,

            // thread_state
            ThreadSize = 19,
            ThreadNext = 21,
            ThreadInterp = 22,
            ThreadCurrentFrame = 23,
            ThreadBaseFrame = null,
            ThreadThreadId = 24,
            ThreadNativeThreadId = 25,

            // interpreter_frame
            FrameSize = 28,
            FramePrevious = 29,
            FrameExecutable = 30,
            FrameInstrPtr = 31,
            FrameLocalsPlus = 32,
            FrameOwner = 33,
            FrameTlbcIndex = null,

            // code_object
            CodeSize = 34,
            CodeFileName = 35,
            CodeName = 36,
            CodeQualName = 37,
            CodeLineTable = 38,
            CodeFirstLineNo = 39,
            CodeArgCount = 40,
            CodeLocalsPlusNames = 41,
            CodeLocalsPlusKinds = 42,
            CodeCodeAdaptive = 43,
            CodeTlbc = null,

            // pyobject
            ObjectSize = 44,
            ObjectType = 45,

            // type_object
            TypeSize = 46,
            TypeName = 47,
            TypeFlags = 49,
            TypeBasicSize = null,
            TypeDictOffset = null,

            // heap_type_object
            HeapTypeSize = null,
            HeapTypeCachedKeys = null,

            // tuple_object
            TupleSize = 50,
            TupleObItem = 51,

            // list_object
            ListSize = 53,
            ListObItem = 54,

            // set_object
            SetSize = null,
            SetTable = null,
            SetMask = null,

            // dict_object
            DictSize = 56,
            DictMaKeys = 57,
            DictMaValues = 58,

            // long_object
            LongSize = 61,
            LongObDigit = 63,

            // bytes_object
            BytesSize = 64,
            BytesObSize = 65,
            BytesObSval = 66,

            // unicode_object
            UnicodeSize = 67,
            UnicodeState = 68,
            UnicodeLength = 69,
            UnicodeAsciiObjectSize = 70,

            // gc
            GcSize = 71,
            GcCollecting = 72,

            // gen_object came with 3.14
            GeneratorSize = null,
            GeneratorInlineFrame = null,
            GeneratorFrameState = null,
        },
    };
}
