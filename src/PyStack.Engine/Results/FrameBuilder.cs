using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Results;

/// <summary>Makes the public frames of one thread.</summary>
internal sealed class FrameBuilder(int processId, int threadId, string? threadName, long interpreterId, SourceLines source)
{
    public PyFrame Build(in PythonFrame frame, int index)
    {
        CodeObject code = frame.Code;
        SourcePosition position = frame.Position;
        (string? sourceLine, bool isNewer) = source.Find(code.FileName, position.Line);
        return new PyFrame
        {
            ProcessId = processId,
            ThreadId = threadId,
            ThreadName = threadName,
            InterpreterId = interpreterId,
            Index = index,
            Kind = PyFrameKind.Python,
            Function = code.Name,
            QualifiedName = code.QualifiedName,
            File = code.FileName,
            Line = position.Line,
            EndLine = position.EndLine,
            Column = position.Column,
            EndColumn = position.EndColumn,
            SourceLine = sourceLine,
            IsSourceNewer = isNewer,
            Arguments = frame.Arguments,
            Locals = frame.Locals,
        };
    }

    public PyFrame Build(in NativeFrame frame, int index) => new()
    {
        ProcessId = processId,
        ThreadId = threadId,
        ThreadName = threadName,
        InterpreterId = interpreterId,
        Index = index,
        Kind = PyFrameKind.Native,
        Function = frame.Function,
        File = frame.File,
        Line = frame.Line > 0 ? frame.Line : null,
        Library = frame.Library,
        Address = frame.Address,
        IsInlined = frame.IsInlined,
    };
}
