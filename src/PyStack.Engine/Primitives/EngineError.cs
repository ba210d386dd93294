namespace PyStack.Engine.Primitives;

/// <summary>Why a target's stacks could not be obtained. The names are the module's error ids and never change.</summary>
internal enum EngineError
{
    ProcessNotFound,
    AccessDenied,
    AlreadyTraced,
    NotPython,
    UnsupportedPython,
    InterpreterNotFound,
    NoPythonStack,
    ProcessExited,
    CoreNotFound,
    InvalidCore,
    ExecutableNotFound,
    CannotRead,
    NotResponding,
    InvalidArgument,
    TruncatedCore,
}
