using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PyStack;

/// <summary>Deadlocks as their descriptions, each with the tracebacks of its tasks and threads.</summary>
internal sealed class DeadlockFormat : IStackFormat
{
    /// <inheritdoc/>
    public bool IsFor(PSObject item) => item.BaseObject is PyDeadlock
        || (item.BaseObject is PSCustomObject && item.Properties[nameof(PyDeadlock.Threads)] is not null && item.Properties[nameof(PyDeadlock.Description)] is not null);

    // As of threads: CSV has them as one text, and JSON of too small a depth each as a text.
    /// <inheritdoc/>
    public EngineException? Refusal(PSObject item)
        => item.BaseObject is PSCustomObject && (IsText(item, nameof(PyDeadlock.Threads)) || IsText(item, nameof(PyDeadlock.Tasks)))
            ? new EngineException(
                EngineError.InvalidArgument,
                "The threads or tasks of this deadlock are text only, as in a CSV file or in JSON of a small depth",
                "Keep deadlocks with Export-Clixml or with ConvertTo-Json -Depth 6: both have all of each thread. CSV is for tables.")
            : null;

    /// <inheritdoc/>
    public string Header(PSObject item) => Traceback.FormatProcessOfDeadlock(item);

    /// <inheritdoc/>
    public IEnumerable<string> Lines(PSObject item) => Traceback.Write(Rehydration.Deadlock(item), Palette.Plain).Split('\n');

    private static bool IsText(PSObject item, string property)
        => Plain(item.Properties[property]?.Value) is var value && (value is string || (value is IList list && list.Cast<object?>().Any(IsText)));

    private static bool IsText(object? one) => Plain(one) is string || (one is PSObject known && StackFormats.Of(known, asTree: false)?.Refusal(known) is not null);

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
