using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 3.6 on 64-bit Linux. There is no struct for the whole runtime yet: what later is in
/// <c>_PyRuntime</c> are variables of their own (<see cref="RuntimeVariables"/>), and an interpreter has no id.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 3.6.15, libpython3.6m.so.1.0.
/// Names and values of enums: CPython 3.6.15's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython36
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(3, 6, 15),

        // Python/pystate.c: the variable interp_head takes the place of the runtime
        Runtime = new RuntimeLayout
        {
            InterpretersHead = 0,
            Finalizing = null,
            Gil = null,
            GilCurrentThread = null,
            GcCollecting = null,
        },

        // pystate.h: struct _is
        Interpreter = new InterpreterLayout
        {
            Next = 0,
            Id = null,
            ThreadsHead = 8,
            Modules = 16,
            SysDict = 32,
            Builtins = 40,
            GcCollecting = null,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 48,
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
            ThreadId = 152,
            NativeThreadId = null,
            Size = 160,
        },

        // pystate.h: struct _ts
        Exceptions = new ExceptionLayout
        {
            Value = 112,
            InnermostItem = null,
            OutermostItem = null,
            ItemValue = null,
            ItemPrevious = null,
        },

        // frameobject.h: struct _frame
        Frame = new FrameLayout
        {
            Previous = 24,
            Code = 32,
            CodeTagMask = 0,
            LastInstruction = 120,
            LastInstructionUnit = 1,
            InstructionPointer = null,
            BytecodeIndex = null,
            Owner = null,
            FirstShimOwner = null,
            IsEntry = null,
            StackTop = null,
            StackDepth = null,
            Generator = null,
            Size = 124,
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
            FrameSlots = 376,
            FrameGlobals = 48,
            FrameNamespace = 56,
            TagMask = 0,
        },

        // The headers of the objects: longintrepr.h, dictobject.h, setobject.h, object.h …; Objects/dict-common.h: PyDictKeysObject
        Values = new ValueLayout
        {
            LongTagBits = null,
            LongDigits = 24,
            ByteArrayStart = 40,
            ListItems = 24,
            TupleItems = 24,
            DictKind = DictKind.Keys,
            DictKeys = 32,
            DictValues = 40,
            KeysEntryCount = 32,
            KeysIndices = 40,
            ValuesItems = 0,
            ManagedDict = ManagedDictKind.None,
            ManagedDictWords = null,
            SetTable = 40,
            SetMask = 32,
            SetEntryKey = 0,
            TypeBasicSize = 32,
            TypeBase = 256,
            TypeDict = 264,
            TypeDictOffset = 288,
            TypeQualifiedName = 848,
            TypeCachedKeys = 856,
            FunctionName = 104,
            FunctionClosure = 48,
            ExceptionArguments = 24,
            ErrorNumber = 64,
        },

        // genobject.h: PyGenObject; frameobject.h: PyFrameObject; code.h: PyCodeObject; opcode.h
        Generator = new GeneratorLayout
        {
            QualifiedName = 56,
            Frame = 16,
            Running = 24,
            InlineFrame = null,
            State = null,
            FrameState = null,
            States = null,
            StackTop = 72,
            StackDepth = null,
            ValueStack = null,
            CodeBytes = 40,
            Delegating = (72, 72),
            DelegatingArgument = 0,
            DelegatePlace = 1,
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
            FirstCallback = null,
            Callbacks = 24,
            SourceTraceback = 48,
            State = 56,
            MustCancel = 104,
            MustCancelBit = null,
            CancelsRequested = null,
            Waiter = 88,
            Coroutine = 96,
            Name = null,
            Size = 112,
            AwaitedBy = null,
            AwaitedByIsSet = null,
            Node = null,
            ThreadDict = null,
            ThreadLoop = null,
            ThreadTask = null,
            ThreadTasks = null,
            InterpreterTasks = null,
        },

        // frameobject.h: struct _frame; code.h: PyCodeObject; opcode.h: SETUP_FINALLY
        With = new WithLayout
        {
            BlockCount = 128,
            Blocks = 136,
            CodeBytes = 40,
            BlockType = 122,
            ExceptionTable = null,
            ExitValues = 1,
            StackSize = 28,
            Names = 56,
        },

        // objimpl.h: union _gc_head; Modules/gcmodule.c: struct gc_generation
        Gc = new GcLayout
        {
            GenerationsBefore = null,
            PermanentBefore = null,
            GenerationSize = 48,
            HeadSize = 32,
        },

        FreeThreaded = null,
        DebugOffsets = null,
    };
}
