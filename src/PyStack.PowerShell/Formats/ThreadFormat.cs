using System.Collections.Generic;
using System.Management.Automation;

namespace PyStack;

/// <summary>Threads as their tracebacks.</summary>
internal sealed class ThreadFormat : IStackFormat
{
    /// <inheritdoc/>
    public bool IsFor(PSObject item) => item.BaseObject is PyThread
        || (item.BaseObject is PSCustomObject && item.Properties[nameof(PyThread.ThreadId)] is not null && item.Properties[nameof(PyThread.Frames)] is not null);

    /// <inheritdoc/>
    public string Header(PSObject item) => Traceback.FormatProcess(item);

    /// <inheritdoc/>
    public IEnumerable<string> Lines(PSObject item) => Traceback.Write(Rehydration.Thread(item), Palette.Plain).Split('\n');
}
