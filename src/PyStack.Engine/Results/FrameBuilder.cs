using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Results;

/// <summary>Makes the public frames of one thread.</summary>
internal sealed class FrameBuilder(FrameOrigin origin, SourceLines source)
{
    /// <summary>The Python frames that are shown.</summary>
    public PyFrame[] Build(List<PythonFrame> frames)
    {
        int count = 0;
        foreach (ref readonly PythonFrame frame in CollectionsMarshal.AsSpan(frames))
        {
            count += frame.IsHidden ? 0 : 1;
        }

        PyFrame[] built = new PyFrame[count];
        int index = 0;
        foreach (ref readonly PythonFrame frame in CollectionsMarshal.AsSpan(frames))
        {
            if (!frame.IsHidden)
            {
                built[index] = Build(frame, index);
                index++;
            }
        }

        return built;
    }

    /// <summary>The frames of a merged stack.</summary>
    public PyFrame[] Build(List<MergedFrame> frames)
    {
        PyFrame[] built = new PyFrame[frames.Count];
        ReadOnlySpan<MergedFrame> merged = CollectionsMarshal.AsSpan(frames);
        for (int i = 0; i < built.Length; i++)
        {
            built[i] = merged[i].IsNative ? Build(merged[i].Native, i) : Build(merged[i].Python, i);
        }

        return built;
    }

    /// <summary>All frames of a native stack.</summary>
    public PyFrame[] Build(NativeStack stack)
    {
        PyFrame[] built = new PyFrame[stack.Frames.Count];
        for (int i = 0; i < built.Length; i++)
        {
            built[i] = Build(stack.Frames[i], i);
        }

        return built;
    }

    private PyFrame Build(in PythonFrame frame, int index)
    {
        CodeObject code = frame.Code;
        SourcePosition position = frame.Position;
        (string? sourceLine, bool isNewer) = source.Find(code.FileName, position.Line);
        return new PyFrame
        {
            ProcessId = origin.ProcessId,
            ProcessName = origin.ProcessName,
            ThreadId = origin.ThreadId,
            ThreadName = origin.ThreadName,
            InterpreterId = origin.InterpreterId,
            Gil = origin.Gil,
            CapturedAt = origin.CapturedAt,
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

    private PyFrame Build(in NativeFrame frame, int index)
    {
        (string? file, int line) = source.Cython.Find(frame) ?? (frame.File, frame.Line);
        return new PyFrame
        {
            ProcessId = origin.ProcessId,
            ProcessName = origin.ProcessName,
            ThreadId = origin.ThreadId,
            ThreadName = origin.ThreadName,
            InterpreterId = origin.InterpreterId,
            Gil = origin.Gil,
            CapturedAt = origin.CapturedAt,
            Index = index,
            Kind = PyFrameKind.Native,
            Function = frame.Function,
            File = file,
            Line = line > 0 ? line : null,
            Library = frame.Library,
            Address = frame.Address,
            IsInlined = frame.IsInlined,
        };
    }
}

/// <summary>What all frames of a thread have in common.</summary>
internal readonly record struct FrameOrigin(int ProcessId, string? ProcessName, int ThreadId, string? ThreadName, long InterpreterId, PyGilState Gil, DateTime CapturedAt);
