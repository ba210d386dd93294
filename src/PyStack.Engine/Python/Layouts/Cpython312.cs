using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.12 on 64-bit Linux. The GIL is the interpreter's, and every C-level evaluation loop has a shim
/// frame (owner FRAME_OWNED_BY_CSTACK).
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.12.1, libpython3.12.so.1.0.
/// Names and values of enums: CPython 3.12.1's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython312
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 12, 1),

        // internal/pycore_runtime.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 40,
            Finalizing = 24,
            Gil = null,
            GilCurrentThread = null,
            GcCollecting = null,
        },

        // internal/pycore_interp.h: struct _is; internal/pycore_gil.h: struct _gil_runtime_state
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = 8,
            ThreadsHead = 72,
            Modules = 944,
            SysDict = 352,
            Builtins = 360,
            GcCollecting = 312,
            Gil = 384,
            GilLocked = 16,
            GilLastHolder = 8,
            Size = 952,
        },

        // cpython/pystate.h: struct _ts, struct _PyCFrame
        Thread = new ThreadLayout
        {
            Next = 8,
            Interpreter = 16,
            Frame = null,
            CFrame = 56,
            CFrameMark = null,
            CFrameCurrentFrame = 0,
            CurrentFrame = null,
            BaseFrame = null,
            ThreadId = 136,
            NativeThreadId = 144,
            Size = 152,
        },

        // cpython/pystate.h: struct _ts, struct _err_stackitem
        Exceptions = new ExceptionLayout
        {
            Value = null,
            InnermostItem = 104,
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
            Bytecode = 192,
            BytecodeCopies = null,
            FirstTraceable = 176,
            Size = 180,
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

        // What differs from 3.11; the headers are those named there, and internal/pycore_dict.h, internal/pycore_object.h
        Values = Cpython311.Layout.Values with
        {
            LongTagBits = 3,
            ManagedDict = ManagedDictKind.TaggedPointer,
            TypeQualifiedName = 872,
            TypeCachedKeys = 880,
        },

        // What differs from 3.11; the headers are those named there. opcode.h: RESUME, INSTRUMENTED_RESUME
        Generator = Cpython311.Layout.Generator with
        {
            QualifiedName = 32,
            InlineFrame = 72,
            State = 67,
            Delegating = (151, 240),
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
            ThreadDict = 112,
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

        FreeThreaded = null,
        DebugOffsets = null,
    };
}
