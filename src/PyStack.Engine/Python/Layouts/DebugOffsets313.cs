namespace PyStack.Engine.Python.Layouts;

/// <summary>The debug offsets of CPython 3.13: Include/internal/pycore_runtime.h of CPython 3.13.0 and 3.13.18, <c>struct _Py_DebugOffsets</c>.</summary>
internal static class DebugOffsets313
{
    public static readonly DebugOffsetsFormat Format = new()
    {
        Version = new PythonVersion(3, 13),
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
        CodeCodeAdaptive = 43,
        CodeTlbc = null,

        // pyobject
        ObjectSize = 44,
        ObjectType = 45,

        // type_object
        TypeSize = 46,
        TypeName = 47,
        TypeFlags = 49,

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
    };
}
