using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.7 on 64-bit Linux: the first version with one struct for the whole runtime.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.7.16, libpython3.7m.so.1.0.
/// Names and values of enums: CPython 3.7.16's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython37
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 7, 16),

        // internal/pystate.h: struct pyruntimestate
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 24,
            Finalizing = 8,
            Gil = 1264,
            GilCurrentThread = 1480,
            GcCollecting = 632,
        },

        // pystate.h: struct _is
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = 16,
            ThreadsHead = 8,
            Modules = 40,
            SysDict = 56,
            Builtins = 64,
            GcCollecting = null,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 72,
        },

        // pystate.h: struct _ts
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

        // pystate.h: struct _ts, struct _err_stackitem
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
            FileName = 96,
            Name = 104,
            QualifiedName = null,
            FirstLine = 36,
            LineTable = 112,
            LineTableKind = LineTableKind.Lnotab,
            Bytecode = null,
            BytecodeCopies = null,
            FirstTraceable = null,
            Size = 120,
        },

        // object.h: PyObject, PyVarObject, struct _typeobject
        Object = new ObjectLayout
        {
            Type = 8,
            VarSize = 16,
            TypeName = 24,
            TypeFlags = 168,
        },

        // unicodeobject.h: PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject
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
            KeywordOnlyCount = 20,
            Flags = 32,
            LocalCount = 24,
            SlotCount = null,
            Names = 64,
            Kinds = null,
            CellNames = 80,
            FreeNames = 72,
            CodeSize = 88,
            FrameSlots = 360,
            FrameGlobals = 48,
            FrameNamespace = 56,
            TagMask = 0,
        },

        // As in 3.6
        Values = Cpython36.Layout.Values,

        Generator = Cpython36.Layout.Generator,

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
            MustCancel = 128,
            MustCancelBit = null,
            CancelsRequested = null,
            Waiter = 104,
            Coroutine = 112,
            Name = null,
            Size = 136,
            AwaitedBy = null,
            AwaitedByIsSet = null,
            Node = null,
            ThreadDict = 152,
            ThreadLoop = null,
            ThreadTask = null,
            ThreadTasks = null,
            InterpreterTasks = null,
        },

        // frameobject.h: struct _frame; code.h: PyCodeObject; opcode.h: SETUP_FINALLY
        With = new WithLayout
        {
            BlockCount = 112,
            Blocks = 120,
            CodeBytes = 40,
            BlockType = 122,
            ExceptionTable = null,
            ExitValues = 1,
            StackSize = 28,
            Names = 56,
        },

        // objimpl.h: union _gc_head; internal/mem.h: struct gc_generation, struct _gc_runtime_state
        Gc = new GcLayout
        {
            GenerationsBefore = 280,
            PermanentBefore = 120,
            GenerationSize = 48,
            HeadSize = 32,
        },

        FreeThreaded = null,
        DebugOffsets = null,
    };
}
