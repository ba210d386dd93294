using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Frames;

/// <summary>A Python frame with the data of its code object.</summary>
/// <param name="IsEntry">Whether the frame owns a C-level evaluation loop.</param>
/// <param name="IsHidden">Whether its own code has not begun, so that it is not shown; merging with native frames still uses it.</param>
/// <param name="Anchor">As in <see cref="RawFrame"/>.</param>
internal readonly record struct PythonFrame(CodeObject Code, SourcePosition Position, bool IsEntry, bool IsHidden, ulong Anchor)
{
    /// <summary>
    /// Whether it is a suspended generator that <c>throw()</c> linked between its caller's frame and that of the generator it delegates to, so that it
    /// has no evaluation loop (3.9 to 3.11; later the chain of shims shows it). A trace function makes a running one look the same.
    /// </summary>
    public bool IsLinked { get; init; }

    /// <summary>As in <see cref="RawFrame"/>.</summary>
    public bool IsGenerator { get; init; }

    /// <summary>Of the frame struct.</summary>
    public ulong Address { get; init; }

    /// <summary>As in <see cref="RawFrame"/>.</summary>
    public int Instruction { get; init; }

    /// <summary>In declaration order; null unless requested.</summary>
    public PyVariables? Arguments { get; init; }

    /// <summary>In the order of the code object; null unless requested.</summary>
    public PyVariables? Locals { get; init; }
}

/// <summary>Decodes the frames of a walk to names and lines, only from the copy.</summary>
internal sealed class StackDecoder
{
    private readonly PythonLayout _layout;
    private readonly Limits _limits;
    private readonly CodeReader _codes;
    private readonly FrameVariables? _variables;
    private readonly CancellationToken _cancellation;

    /// <param name="memory">The copy.</param>
    /// <param name="variables">Reads arguments and locals, if they are requested.</param>
    /// <param name="codes">The code objects that were decoded before.</param>
    public StackDecoder(
        IMemorySource memory, PythonLayout layout, Limits limits, FrameVariables? variables = null, CodeCache? codes = null, CancellationToken cancellation = default)
    {
        _layout = layout;
        _limits = limits;
        _codes = new CodeReader(memory, layout, limits, codes ?? new CodeCache());
        _variables = variables;
        variables?.Begin(memory, cancellation);
        _cancellation = cancellation;
    }

    /// <summary>Decodes one thread's frames.</summary>
    /// <inheritdoc cref="DecodeRoot(RawCapture, in RawStack, List{string}, out ChainEnd)"/>
    public List<PythonFrame> Decode(RawCapture capture, in RawThread thread, List<string> warnings, out ChainEnd end)
        => DecodeRoot(capture, new RawStack(new StackRoot(StackRootKind.ThreadState, thread.Address), thread.FirstFrame, thread.FrameCount, thread.End), warnings, out end);

    /// <summary>Decodes the frames of one root, outermost first. Problems are added to <paramref name="warnings"/>.</summary>
    /// <param name="end">How the chain ended: even in a complete chain a frame may have no readable code object.</param>
    public List<PythonFrame> DecodeRoot(RawCapture capture, in RawStack stack, List<string> warnings, out ChainEnd end)
    {
        List<PythonFrame> frames = new(stack.FrameCount);
        DecodeRoot(capture, stack, frames, warnings, out end);
        return frames;
    }

    /// <inheritdoc cref="DecodeRoot(RawCapture, in RawStack, List{string}, out ChainEnd)"/>
    /// <param name="frames">An empty list, which gets them.</param>
    public void DecodeRoot(RawCapture capture, in RawStack stack, List<PythonFrame> frames, List<string> warnings, out ChainEnd end)
    {
        end = stack.End;
        int hidden = 0;
        HashSet<ulong>? seen = end == ChainEnd.Cycle ? new(AddressHash.Comparer) : null;
        for (int i = 0; i < stack.FrameCount; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            RawFrame frame = capture.Frames[stack.FirstFrame + i];
            if (seen is not null && !seen.Add(frame.Address))
            {
                break;
            }

            if (_codes.Read(frame.Code) is not CodeObject code)
            {
                end = ChainEnd.Unreadable;
                break;
            }

            // Its own code has not begun: arguments are being bound, or it only cleans up after an __init__ (_Py_InitCleanup).
            bool isHidden = _layout.Code.FirstTraceable is not null && !frame.IsGenerator && frame.Instruction < code.FirstTraceable;
            hidden += isHidden ? 1 : 0;
            PythonFrame decoded = new(code, isHidden ? default : _codes.PositionOf(frame), frame.IsEntry, isHidden, frame.Anchor)
            {
                IsGenerator = frame.IsGenerator,
                Address = frame.Address,
                Instruction = frame.Instruction,
                IsLinked = frame.IsSuspended && (i == 0 || capture.Frames[stack.FirstFrame + i - 1].IsGenerator),
            };
            if (_variables is not null && !isHidden)
            {
                (PyVariables arguments, PyVariables locals) = _variables.Read(frame);
                decoded = decoded with { Arguments = arguments, Locals = locals };
            }

            frames.Add(decoded);
        }

        if (_variables?.IsExhausted == true)
        {
            warnings.Add($"The variables hold more than {_limits.ValueObjects} objects or {_limits.ValueCharacters} characters in total: the values of some are truncated.");
        }

        if (_variables?.IsTruncated == true)
        {
            warnings.Add($"The frames have more than {_limits.VariablesInAll} variables in total: those of some frames are left out.");
        }

        frames.Reverse();
        Explain(end, frames.Count - hidden, stack.Root.IsGenerator && end == stack.End ? "outermost" : "innermost", warnings);
        if (end == ChainEnd.Complete && frames.Count > 0 && frames[0].IsLinked)
        {
            warnings.Add($"The callers of {frames[0].Code.Name} are unknown: in CPython 3.9 a generator that is re-entered by throw() has no link to them.");
        }
    }

    private void Explain(ChainEnd end, int count, string side, List<string> warnings)
    {
        switch (end)
        {
            case ChainEnd.Unreadable:
                warnings.Add($"A frame could not be read: only the {count} {side} frames are shown.");
                break;
            case ChainEnd.Torn:
                warnings.Add($"The chain of frames does not end at the thread's first frame: only the {count} {side} frames are shown.");
                break;
            case ChainEnd.Cycle:
                warnings.Add($"The chain of frames is a cycle in the target's memory: only {count} of them are shown.");
                break;
            case ChainEnd.Limit:
                warnings.Add($"The stack has more than {_limits.FramesPerThread} frames, or all have more than {_limits.FramesInAll}: "
                    + $"only the {count} {side} frames are shown.");
                break;
        }
    }
}
