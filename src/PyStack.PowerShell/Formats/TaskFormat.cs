using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PyStack;

/// <summary>Tasks as their tracebacks, or as the lines of their tree.</summary>
/// <param name="isTree">One line for each: of tasks that were asked for as a tree.</param>
internal sealed class TaskFormat(bool isTree) : IStackFormat
{
    /// <summary>The first type name of tasks that are to be shown as a tree.</summary>
    public const string TreeTypeName = "PyStack.PyTask#Tree";

    private const string DeserializedPrefix = "Deserialized.";

    /// <inheritdoc/>
    public bool IsTight => isTree;

    /// <summary>Whether it is a task, also one that was deserialized, selected or read from JSON.</summary>
    public static bool IsTask(PSObject item) => item.BaseObject is PyTask
        || (item.BaseObject is PSCustomObject && item.Properties[nameof(PyTask.AwaitedBy)] is not null && item.Properties[nameof(PyTask.Frames)] is not null);

    /// <inheritdoc/>
    public bool IsFor(PSObject item) => IsTask(item) && (!isTree || item.TypeNames.Any(name => name is TreeTypeName or DeserializedPrefix + TreeTypeName));

    // As of threads: CSV has the frames as one text, and JSON of too small a depth each as a text.
    /// <inheritdoc/>
    public EngineException? Refusal(PSObject item)
        => item.BaseObject is PSCustomObject && Plain(item.Properties[nameof(PyTask.Frames)].Value) is var frames
            && (frames is string || (frames is IList list && list.Cast<object?>().Any(frame => Plain(frame) is string)))
            ? new EngineException(
                EngineError.InvalidArgument,
                "The frames of this task are text only, as in a CSV file or in JSON of a small depth",
                "Keep tasks with Export-Clixml or with ConvertTo-Json -Depth 4: both have all of each frame. CSV is for tables.")
            : null;

    /// <inheritdoc/>
    public string Header(PSObject item) => Traceback.FormatProcessOfTask(item);

    /// <inheritdoc/>
    public IEnumerable<string> Lines(PSObject item)
    {
        PyTask task = Rehydration.Task(item);
        return (isTree ? TaskTreeView.Write(task, Palette.Plain) : TaskTraceback.Write(task, Palette.Plain)).Split('\n');
    }

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
