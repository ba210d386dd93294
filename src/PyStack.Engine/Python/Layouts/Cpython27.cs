using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// Offsets of CPython 2.7 on 64-bit Linux. Names and files are byte strings, <c>str</c>, and line increments have no sign.
/// There is no struct for the whole runtime yet: what later is in
/// <c>_PyRuntime</c> are variables of their own (<see cref="RuntimeVariables"/>), and an interpreter has no id.
/// </summary>
/// <remarks>
/// Numbers: gdb's <c>ptype /o</c> on pyenv 2.7.18, libpython2.7.so.1.0.
/// Names and values of enums: CPython 2.7.18's Include folder, in the headers that each part names.
/// </remarks>
internal static class Cpython27
{
    public static readonly PythonLayout Layout = new()
    {
        Version = new PythonVersion(2, 7, 18),

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
            SysDict = 24,
            Builtins = 32,
            GcCollecting = null,
            Gil = null,
            GilLocked = null,
            GilLastHolder = null,
            Size = 40,
        },

        // pystate.h: struct _ts
        Thread = new ThreadLayout
        {
            Next = 0,
            Interpreter = 8,
            Frame = 16,
            CFrame = null,
            CFrameMark = null,
            CFrameCurrentFrame = null,
            CurrentFrame = null,
            BaseFrame = null,
            ThreadId = 144,
            NativeThreadId = null,
            Size = 152,
        },

        // pystate.h: struct _ts
        Exceptions = new ExceptionLayout
        {
            Value = 104,
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
            FileName = 80,
            Name = 88,
            QualifiedName = null,
            FirstLine = 96,
            LineTable = 104,
            LineTableKind = LineTableKind.UnsignedLnotab,
            Bytecode = null,
            BytecodeCopies = null,
            FirstTraceable = null,
            Size = 112,
        },

        // object.h: PyObject, PyVarObject, struct _typeobject
        Object = new ObjectLayout
        {
            Type = 8,
            VarSize = 16,
            TypeName = 24,
            TypeFlags = 168,
        },

        // PEP 393's storage is of 3.3, and nothing that we read is a unicode object here
        Unicode = null,

        // stringobject.h: PyStringObject, which bytesobject.h calls PyBytesObject
        Bytes = new BytesLayout
        {
            Data = 36,
        },

        // frameobject.h: struct _frame; code.h: PyCodeObject
        Locals = new LocalsLayout
        {
            ArgumentCount = 16,
            KeywordOnlyCount = null,
            Flags = 28,
            LocalCount = 20,
            SlotCount = null,
            Names = 56,
            Kinds = null,
            CellNames = 72,
            FreeNames = 64,
            CodeSize = 80,
            FrameSlots = 376,
            FrameGlobals = 48,
            FrameNamespace = 56,
            TagMask = 0,
        },

        // The headers of the objects: longintrepr.h, dictobject.h, setobject.h, object.h …
        Values = new ValueLayout
        {
            LongTagBits = null,
            LongDigits = 24,
            ByteArrayStart = 40,
            ListItems = 24,
            TupleItems = 24,
            DictKind = DictKind.Table,
            DictKeys = 40,
            DictValues = 32,
            KeysEntryCount = null,
            KeysIndices = null,
            ValuesItems = null,
            ManagedDict = ManagedDictKind.None,
            ManagedDictWords = null,
            SetTable = 40,
            SetMask = 32,
            SetEntryKey = 8,
            TypeBasicSize = 32,
            TypeBase = 256,
            TypeDict = 264,
            TypeDictOffset = 288,
            TypeQualifiedName = 856,
            TypeCachedKeys = null,
            FunctionName = 56,
            FunctionClosure = 40,
            ExceptionArguments = 24,
            ErrorNumber = 40,
        },

        // genobject.h: PyGenObject; frameobject.h: PyFrameObject
        Generator = new GeneratorLayout
        {
            QualifiedName = null,
            Frame = 16,
            Running = 24,
            InlineFrame = null,
            State = null,
            FrameState = null,
            States = null,
            StackTop = 72,
            StackDepth = null,
            ValueStack = null,
            CodeBytes = null,
            Delegating = null,
            DelegatingArgument = 0,
            DelegatePlace = 1,
        },

        // funcobject.h: PyFunctionObject
        Locks = new LockLayout
        {
            AddressBeforeSemaphore = null,
            HasRecursiveMutex = false,
            FunctionCode = 16,
            FunctionClosure = 40,
        },

        Asyncio = null,

        // frameobject.h: struct _frame; code.h: PyCodeObject; opcode.h: SETUP_WITH
        With = new WithLayout
        {
            BlockCount = 128,
            Blocks = 132,
            CodeBytes = 32,
            BlockType = 143,
            ExceptionTable = null,
            ExitValues = 1,
            StackSize = 24,
            Names = 48,
        },

        Gc = null,

        FreeThreaded = null,
        DebugOffsets = null,
    };
}
