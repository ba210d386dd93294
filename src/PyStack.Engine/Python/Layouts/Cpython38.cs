using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.8 on 64-bit Linux. The collector's state is the runtime's here, and moves to the interpreter in
/// 3.9.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.8.18, libpython3.8.so.1.0.
/// Names and values of enums: CPython 3.8.18's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython38
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 8, 18),

        // internal/pycore_pystate.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 32,
            Finalizing = 16,
            Gil = 1152,
            GilCurrentThread = 1368,
            GcCollecting = 544,
        },

        // internal/pycore_pystate.h: struct _is
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = 16,
            ThreadsHead = 8,
            Modules = 56,
            SysDict = 72,
            Builtins = 80,
            GcCollecting = null,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 88,
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

        // frameobject.h: struct _frame
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
            StackTop = null,
            StackDepth = null,
            Generator = null,
            Size = 108,
        },

        // code.h: PyCodeObject
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

        // bytesobject.h: PyBytesObject
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

        // What differs from 3.7; the headers are those named there
        Values = Cpython37.Layout.Values with
        {
            TypeQualifiedName = 864,
            TypeCachedKeys = 872,
        },

        // cpython/code.h: PyCodeObject
        Generator = Cpython37.Layout.Generator with
        {
            CodeBytes = 48,
        },

        // funcobject.h: PyFunctionObject
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
            State = 72,
            MustCancel = 136,
            MustCancelBit = null,
            CancelsRequested = null,
            Waiter = 104,
            Coroutine = 112,
            Name = 120,
            Size = 144,
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

        // cpython/objimpl.h: PyGC_Head; internal/pycore_pymem.h: struct _gc_runtime_state
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
