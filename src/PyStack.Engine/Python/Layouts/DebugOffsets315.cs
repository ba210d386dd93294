namespace PyStack.Engine.Python.Layouts;

/// <summary>The debug offsets of CPython 3.15: Include/internal/pycore_debug_offsets.h of CPython 3.15.2, <c>struct _Py_DebugOffsets</c>.</summary>
internal static class DebugOffsets315
{
    public static readonly DebugOffsetsFormat Format = new()
    {
        Version = new PythonVersion(3, 15),
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
        CodeCodeAdaptive = 56,
        CodeTlbc = 57,

        // pyobject
        ObjectSize = 58,
        ObjectType = 59,

        // type_object
        TypeSize = 60,
        TypeName = 61,
        TypeFlags = 63,

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
    };
}
