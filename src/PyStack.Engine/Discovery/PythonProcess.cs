using PyStack.Engine.Python.Repr.Secrets;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Discovery;

/// <summary>One Python process of the machine, as far as can be determined without reading its memory.</summary>
/// <param name="CommandLine">The arguments with a zero after each, as the process has them; only the text without secrets is kept.</param>
internal sealed record PythonProcess(int ProcessId, string Name, string CommandLine)
{
    /// <summary>The arguments joined by blanks, with secrets hidden.</summary>
    public string CommandLine { get; } = SecretText.RedactArguments(CommandLine);

    /// <summary>Where its interpreter was found.</summary>
    public MappedInterpreter Interpreter { get; init; }

    /// <summary>Whether more than one mapping may be an interpreter: only the memory shows which of them are initialised.</summary>
    public bool MayHaveSeveral { get; init; }

    /// <summary>A thread through which the process can be examined: see ProcessFacts.AccessId.</summary>
    public int AccessId { get; init; } = ProcessId;

    /// <inheritdoc cref="PyProcess.IsReplaced"/>
    public bool IsReplaced { get; init; }

    /// <summary>What <c>/proc/PID/exe</c> names.</summary>
    public string Program { get; init; } = "";
}

/// <summary>The mapping of an interpreter's code.</summary>
/// <param name="Version">What the file's name says: <c>3.11</c>, <c>3</c>, or null.</param>
/// <param name="Path">In the root of the process.</param>
/// <param name="Address">Where its code is mapped, which can be read.</param>
/// <param name="IsProgram">Whether it is the program that was started, not a library of it.</param>
internal readonly record struct MappedInterpreter(
    PyImplementation Implementation, string? Version, string Path, FileKey File, ulong Address, bool IsProgram);
