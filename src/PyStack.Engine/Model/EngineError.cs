namespace PyStack;

/// <summary>Why the stacks of a process or core could not be obtained. The names are the module's error ids and never change.</summary>
public enum EngineError
{
    /// <summary>There is no process with this id or name.</summary>
    ProcessNotFound,

    /// <summary>This user may not read the process or the core.</summary>
    AccessDenied,

    /// <summary>Another tracer, such as a debugger, has the process.</summary>
    AlreadyTraced,

    /// <summary>It has no Python interpreter.</summary>
    NotPython,

    /// <summary>It has a Python that this version of the module cannot read.</summary>
    UnsupportedPython,

    /// <summary>Python is loaded, and no running interpreter was found.</summary>
    InterpreterNotFound,

    /// <summary>The interpreter has no thread with a stack, for example because it is shutting down.</summary>
    NoPythonStack,

    /// <summary>The process has ended, or started another program, while it was read.</summary>
    ProcessExited,

    /// <summary>There is no such core file.</summary>
    CoreNotFound,

    /// <summary>The file is no core.</summary>
    InvalidCore,

    /// <summary>The program that the core belongs to was not found.</summary>
    ExecutableNotFound,

    /// <summary>Reading failed for another reason, which the message says.</summary>
    CannotRead,

    /// <summary>The process or a disk does not answer.</summary>
    NotResponding,

    /// <summary>What was given is neither a path nor a pattern.</summary>
    InvalidArgument,

    /// <summary>A part of the core is missing.</summary>
    TruncatedCore,

    /// <summary>The file cannot be written.</summary>
    CannotWrite,
}
