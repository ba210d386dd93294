using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.11 on 64-bit Linux. The first with _PyInterpreterFrame: the top one hangs at the thread's
/// CFrame, and is_entry marks the entry frames.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.11.7, libpython3.11.so.1.0; the same in Debian's 3.11.2.
/// Names and values of enums: CPython 3.11.7's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython311
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 11, 7),

        // internal/pycore_runtime.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 40,
            Finalizing = 24,
            Gil = 360,
            GilCurrentThread = 576,
            GcCollecting = null,
        },

        // internal/pycore_interp.h: struct _is
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = 48,
            ThreadsHead = 16,
            Modules = 888,
            SysDict = 904,
            Builtins = 912,
            GcCollecting = 848,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 920,
        },

        // cpython/pystate.h: struct _ts, struct _PyCFrame
        Thread = new ThreadLayout
        {
            Next = 8,
            Interpreter = 16,
            Frame = null,
            CFrame = 56,
            CFrameMark = null,
            CFrameCurrentFrame = 8,
            CurrentFrame = null,
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
            OutermostItem = 320,
            ItemValue = 0,
            ItemPrevious = 8,
        },

        // internal/pycore_frame.h: struct _PyInterpreterFrame
        Frame = new FrameLayout
        {
            Previous = 48,
            Code = 32,
            CodeTagMask = 0,
            LastInstruction = null,
            LastInstructionUnit = null,
            InstructionPointer = 56,
            BytecodeIndex = null,
            Owner = 69,
            FirstShimOwner = null,
            IsEntry = 68,
            StackTop = null,
            StackDepth = 64,
            Generator = null,
            Size = 72,
        },

        // cpython/code.h: PyCodeObject
        Code = new CodeLayout
        {
            FileName = 112,
            Name = 120,
            QualifiedName = 128,
            FirstLine = 72,
            LineTable = 136,
            LineTableKind = LineTableKind.Locations,
            Bytecode = 184,
            BytecodeCopies = null,
            FirstTraceable = 168,
            Size = 172,
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
            AsciiData = 48,
            CompactData = 72,
            LegacyData = 72,
        },

        // cpython/bytesobject.h: PyBytesObject
        Bytes = new BytesLayout
        {
            Data = 32,
        },

        // internal/pycore_frame.h: struct _PyInterpreterFrame; cpython/code.h: PyCodeObject
        Locals = new LocalsLayout
        {
            ArgumentCount = 56,
            KeywordOnlyCount = 64,
            Flags = 48,
            LocalCount = null,
            SlotCount = 76,
            Names = 96,
            Kinds = 104,
            CellNames = null,
            FreeNames = null,
            CodeSize = 112,
            FrameSlots = 72,
            FrameGlobals = 8,
            FrameNamespace = 24,
            TagMask = 0,
        },

        // What differs from 3.10; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython310.Layout.Values with
        {
            DictKind = DictKind.KindedKeys,
            KeysEntryCount = 24,
            KeysIndices = 32,
            ManagedDict = ManagedDictKind.TwoPointers,
            ErrorNumber = 72,
        },

        // cpython/genobject.h: PyGenObject; internal/pycore_frame.h: struct _PyInterpreterFrame, enum _framestate; opcode.h: RESUME, RESUME_QUICK
        Generator = new GeneratorLayout
        {
            QualifiedName = 40,
            Frame = null,
            Running = null,
            InlineFrame = 80,
            State = 75,
            FrameState = null,
            States = new GeneratorStates(Created: -2, Suspended: -1, Delegating: null, DelegatingLocked: null, Executing: 0),
            StackTop = null,
            StackDepth = 64,
            ValueStack = null,
            CodeBytes = null,
            Delegating = (151, 150),
            DelegatingArgument = 2,
            DelegatePlace = 1,
        },

        // cpython/funcobject.h: PyFunctionObject
        Locks = new LockLayout
        {
            AddressBeforeSemaphore = null,
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
            State = 88,
            MustCancel = 160,
            MustCancelBit = null,
            CancelsRequested = 168,
            Waiter = 128,
            Coroutine = 136,
            Name = 144,
            Size = 176,
            AwaitedBy = null,
            AwaitedByIsSet = null,
            Node = null,
            ThreadDict = 128,
            ThreadLoop = null,
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
            StackSize = 68,
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

        FreeThreaded = null,
        DebugOffsets = null,
    };
}
