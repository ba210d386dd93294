using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.9 on 64-bit Linux. As 3.8, but the runtime's state has shrunk and the collector's state is the
/// interpreter's.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.9.18, libpython3.9.so.1.0; the same in Debian's 3.9.2.
/// Names and values of enums: CPython 3.9.18's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython39
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 9, 18),

        // internal/pycore_runtime.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 32,
            Finalizing = 16,
            Gil = 352,
            GilCurrentThread = 568,
            GcCollecting = null,
        },

        // internal/pycore_interp.h: struct _is
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = 24,
            ThreadsHead = 8,
            Modules = 856,
            SysDict = 872,
            Builtins = 880,
            GcCollecting = 816,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 888,
        },

        // cpython/pystate.h: struct _ts
        Thread = new ThreadLayout
        {
            Next = 8,
            Interpreter = 16,
            Frame = 24,
            CFrame = null,
            CFrameMark = null,
            CFrameCurrentFrame = null,
            CurrentFrame = null,
            BaseFrame = null,
            ThreadId = 176,
            NativeThreadId = null,
            Size = 184,
        },

        // cpython/pystate.h: struct _ts, struct _err_stackitem
        Exceptions = new ExceptionLayout
        {
            Value = null,
            InnermostItem = 144,
            OutermostItem = 112,
            ItemValue = 8,
            ItemPrevious = 24,
        },

        // cpython/frameobject.h: struct _frame
        Frame = new FrameLayout
        {
            Previous = 24,
            Code = 32,
            CodeTagMask = 0,
            LastInstruction = 104,
            LastInstructionUnit = 1,
            InstructionPointer = null,
            BytecodeIndex = null,
            Owner = null,
            FirstShimOwner = null,
            IsEntry = null,
            StackTop = 72,
            StackDepth = null,
            Generator = 96,
            Size = 108,
        },

        // cpython/code.h: PyCodeObject
        Code = new CodeLayout
        {
            FileName = 104,
            Name = 112,
            QualifiedName = null,
            FirstLine = 40,
            LineTable = 120,
            LineTableKind = LineTableKind.Lnotab,
            Bytecode = null,
            BytecodeCopies = null,
            FirstTraceable = null,
            Size = 128,
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

        // frameobject.h: struct _frame; code.h: PyCodeObject
        Locals = new LocalsLayout
        {
            ArgumentCount = 16,
            KeywordOnlyCount = 24,
            Flags = 36,
            LocalCount = 28,
            SlotCount = null,
            Names = 72,
            Kinds = null,
            CellNames = 88,
            FreeNames = 80,
            CodeSize = 96,
            FrameSlots = 360,
            FrameGlobals = 48,
            FrameNamespace = 56,
            TagMask = 0,
        },

        // What differs from 3.8; the headers are those named there
        Values = Cpython38.Layout.Values with
        {
            TypeQualifiedName = 856,
            TypeCachedKeys = 864,
        },

        Generator = Cpython38.Layout.Generator,

        // cpython/funcobject.h: PyFunctionObject
        Locks = new LockLayout
        {
            AddressBeforeSemaphore = null,
            HasRecursiveMutex = false,
            FunctionCode = 16,
            FunctionClosure = 48,
        },

        // Modules/_asynciomodule.c: TaskObj
        Asyncio = new AsyncioLayout
        {
            Loop = 16,
            FirstCallback = 24,
            Callbacks = 40,
            SourceTraceback = 64,
            State = 80,
            MustCancel = 176,
            MustCancelBit = null,
            CancelsRequested = null,
            Waiter = 144,
            Coroutine = 152,
            Name = 160,
            Size = 184,
            AwaitedBy = null,
            AwaitedByIsSet = null,
            Node = null,
            ThreadDict = 152,
            ThreadLoop = null,
            ThreadTask = null,
            ThreadTasks = null,
            InterpreterTasks = null,
        },

        // cpython/frameobject.h: struct _frame; cpython/code.h: PyCodeObject; opcode.h: SETUP_FINALLY
        With = new WithLayout
        {
            BlockCount = 112,
            Blocks = 120,
            CodeBytes = 48,
            BlockType = 122,
            ExceptionTable = null,
            ExitValues = 1,
            StackSize = 32,
            Names = 64,
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
