using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PyStack;

/// <summary>Threads as their tracebacks.</summary>
internal sealed class ThreadFormat : IStackFormat
{
    /// <inheritdoc/>
    public bool IsFor(PSObject item) => item.BaseObject is PyThread
        || (item.BaseObject is PSCustomObject && item.Properties[nameof(PyThread.ThreadId)] is not null && item.Properties[nameof(PyThread.Frames)] is not null);

    // CSV has the frames as one text, and JSON that was written with too small a depth each as a text. Frames cannot be made of them.
    /// <inheritdoc/>
    public EngineException? Refusal(PSObject item)
        => item.BaseObject is PSCustomObject && Plain(item.Properties[nameof(PyThread.Frames)].Value) is var frames
            && (frames is string || (frames is IList list && list.Cast<object?>().Any(frame => Plain(frame) is string)))
            ? new EngineException(
                EngineError.InvalidArgument,
                "The frames of this thread are text only, as in a CSV file or in JSON of a small depth",
                "Keep threads with Export-Clixml or with ConvertTo-Json -Depth 4: both have all of each frame. CSV is for tables.")
            : null;

    /// <inheritdoc/>
    public string Header(PSObject item) => Traceback.FormatProcess(item);

    /// <inheritdoc/>
    public IEnumerable<string> Lines(PSObject item) => Traceback.Write(Rehydration.Thread(item), Palette.Plain).Split('\n');

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
