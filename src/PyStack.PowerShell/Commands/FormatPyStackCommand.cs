using System.Management.Automation;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Writes stacks as lines of text.</para>
/// </summary>
[Cmdlet(VerbsCommon.Format, "PyStack", HelpUri = HelpPages.Folder + "Format-PyStack.md")]
[OutputType(typeof(string))]
public sealed class FormatPyStackCommand : PSCmdlet
{
    private string? _header;
    private bool _isTight;

    /// <summary>The objects to write.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(WordCompleter))]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>Write tasks as a tree, one line each.</summary>
    [Parameter]
    public SwitchParameter Tree { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject? item in InputObject ?? [])
        {
            if (item is null || Stopping)
            {
                continue;
            }

            IStackFormat? format = StackFormats.Of(item, Tree);
            if ((format is null ? NotAStack(item) : format.Refusal(item)) is { } error)
            {
                WriteError(ErrorRecords.From(error, item));
            }
            else
            {
                Write(format!, item);
            }
        }
    }

    // A line is an object of its own: nothing wraps a string, and filters such as Select-String see one line at a time.
    private void Write(IStackFormat format, PSObject item)
    {
        string header = format.Header(item);
        // Where there was none below the object before.
        if (_isTight && (header != _header || !format.IsTight))
        {
            WriteObject("");
        }

        if (header != _header)
        {
            if (_header is not null && !_isTight)
            {
                WriteObject("");
            }

            WriteObject(header.Split('\n'), enumerateCollection: true);
            WriteObject("");
            _header = header;
        }

        foreach (string line in format.Lines(item))
        {
            WriteObject(line);
        }

        _isTight = format.IsTight;
        if (!_isTight)
        {
            WriteObject("");
        }
    }

    private static EngineException NotAStack(PSObject item) => new(
        EngineError.InvalidArgument,
        $"An object of the type {item.BaseObject.GetType().Name} is not a stack",
        "Pipe the objects of Get-PyStack, Get-PyTask or Find-PyDeadlock, whole, to Format-PyStack: threads, tasks or deadlocks, and not their frames or other properties.");
}
