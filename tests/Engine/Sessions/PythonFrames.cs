using System.Collections.Generic;
using System.Linq;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Merged threads without their native frames, for the oracles that know of Python alone.</summary>
internal static class PythonFrames
{
    public static IReadOnlyList<PyThread> Of(IEnumerable<PyThread> threads)
        => [.. threads.Where(thread => thread.InterpreterId >= 0).Select(Of)];

    private static PyThread Of(PyThread thread) => new()
    {
        ProcessId = thread.ProcessId,
        ThreadId = thread.ThreadId,
        Name = thread.Name,
        InterpreterId = thread.InterpreterId,
        PythonVersion = thread.PythonVersion,
        StackHash = thread.StackHash,
        Warnings = [.. thread.Warnings.Where(warning => !warning.Contains(" native ", System.StringComparison.Ordinal))],
        Frames = [.. thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select((frame, index) => Renumbered(frame, index))],
    };

    private static PyFrame Renumbered(PyFrame frame, int index) => new()
    {
        ProcessId = frame.ProcessId,
        ThreadId = frame.ThreadId,
        ThreadName = frame.ThreadName,
        Index = index,
        Kind = frame.Kind,
        Function = frame.Function,
        QualifiedName = frame.QualifiedName,
        File = frame.File,
        Line = frame.Line,
        EndLine = frame.EndLine,
        Column = frame.Column,
        EndColumn = frame.EndColumn,
        SourceLine = frame.SourceLine,
    };
}
