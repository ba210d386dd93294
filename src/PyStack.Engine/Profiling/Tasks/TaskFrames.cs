using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Tasks;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>Reads the frames of suspended coroutines, as samples have them.</summary>
internal sealed class TaskFrames(PythonReader python, Limits limits)
{
    private readonly FrameWalker _walker = new(python.Layout, limits) { Unwrap = new WrappedCoroutines(python).Unwrap };
    private readonly RawCapture _frames = new();

    /// <summary>Adds the frames of a coroutine and of what it awaits.</summary>
    /// <param name="frames">Innermost first.</param>
    /// <param name="addresses">Where they are; null if that is not wanted.</param>
    /// <returns>False if it cannot be read, or is not suspended.</returns>
    public bool TryAdd(IMemorySource memory, ulong generator, List<SampledFrame> frames, List<ulong>? addresses = null)
    {
        _frames.Clear();
        RawStack stack = _walker.Walk(memory, new StackRoot(StackRootKind.Coroutine, generator), _frames);
        if (stack.End != ChainEnd.Complete || stack.State != GeneratorState.Suspended)
        {
            return false;
        }

        for (int i = stack.FirstFrame; i < stack.FirstFrame + stack.FrameCount; i++)
        {
            frames.Add(FrameOf(_frames.Frames[i]));
            addresses?.Add(_frames.Frames[i].Address);
        }

        return true;
    }

    private SampledFrame FrameOf(in RawFrame frame)
    {
        PythonLayout layout = python.Layout;
        long place = frame.Instruction;
        return new SampledFrame(frame.Code, (ulong)(layout.Frame.InstructionPointer is null
            ? place / layout.Frame.LastInstructionUnit!.Value
            : (long)frame.Code + layout.Code.Bytecode!.Value + place));
    }
}
