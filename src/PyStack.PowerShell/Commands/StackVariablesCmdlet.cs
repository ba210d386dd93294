using System.Management.Automation;
using PyStack.Engine.Python.Repr;

namespace PyStack;

/// <summary>The base of the cmdlets that can show variables.</summary>
public abstract class StackVariablesCmdlet : StackTargetCmdlet
{
    private protected StackVariablesCmdlet()
    {
    }

    /// <summary>Show arguments and local variables.</summary>
    [Parameter]
    [Alias("Variables")]
    public SwitchParameter Locals { get; set; }

    /// <summary>Characters of one value; 0 for all of it, up to a million.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueLengthCompleter))]
    public int MaxValueLength { get; set; } = new ValueOptions().MaxLength;

    /// <summary>Do not hide values.</summary>
    [Parameter]
    public SwitchParameter NoRedact { get; set; }

    /// <summary>More words for names whose values are hidden.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SecretWord]
    [ArgumentCompleter(typeof(WordCompleter))]
    public string[] RedactName { get; set; } = [];

    /// <summary>How values are shown; null if they are not.</summary>
    private protected ValueOptions? Values => Locals ? new ValueOptions(MaxValueLength, !NoRedact, RedactName) : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        UnusedSwitches.Warn(this, Locals, NoRedact);
    }
}
