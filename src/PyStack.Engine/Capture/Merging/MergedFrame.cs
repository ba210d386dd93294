using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Capture.Merging;

/// <summary>A frame of a merged stack: a Python frame or a native one.</summary>
internal readonly record struct MergedFrame(PythonFrame Python, NativeFrame Native, bool IsNative)
{
    public static MergedFrame Of(in PythonFrame frame) => new(frame, default, false);

    public static MergedFrame Of(in NativeFrame frame) => new(default, frame, true);
}
