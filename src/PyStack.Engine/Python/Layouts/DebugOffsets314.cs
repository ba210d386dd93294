namespace PyStack.Engine.Python.Layouts;

/// <summary>The debug offsets of CPython 3.14: Include/internal/pycore_debug_offsets.h of CPython 3.14.10, <c>struct _Py_DebugOffsets</c>.</summary>
internal static class DebugOffsets314
{
    public static readonly DebugOffsetsFormat Format = new()
    {
        Version = new PythonVersion(3, 14),
        Words = 95,

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
        ThreadBaseFrame = null,
        ThreadThreadId = 27,
        ThreadNativeThreadId = 28,

        // interpreter_frame
        FrameSize = 31,
        FramePrevious = 32,
        FrameExecutable = 33,
        FrameInstrPtr = 34,
        FrameLocalsPlus = 35,
        FrameOwner = 36,
        FrameTlbcIndex = 38,

        // code_object
        CodeSize = 39,
        CodeFileName = 40,
        CodeName = 41,
        CodeQualName = 42,
        CodeLineTable = 43,
        CodeFirstLineNo = 44,
        CodeCodeAdaptive = 48,
        CodeTlbc = 49,

        // pyobject
        ObjectSize = 50,
        ObjectType = 51,

        // type_object
        TypeSize = 52,
        TypeName = 53,
        TypeFlags = 55,

        // bytes_object
        BytesSize = 74,
        BytesObSize = 75,
        BytesObSval = 76,

        // unicode_object
        UnicodeSize = 77,
        UnicodeState = 78,
        UnicodeLength = 79,
        UnicodeAsciiObjectSize = 80,

        // gc
        GcSize = 81,
        GcCollecting = 82,
    };
}
