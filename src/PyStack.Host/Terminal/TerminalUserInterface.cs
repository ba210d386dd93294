using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace PyStack.Host.Terminal;

/// <summary>PowerShell's streams on standard output and standard error, as pwsh has them.</summary>
internal sealed class TerminalUserInterface : PSHostUserInterface
{
    private readonly TerminalRawUserInterface _raw = new();
    private readonly TextWriter _out;
    private readonly TextWriter _error = Console.Error;
    private readonly ProgressLine _progress = new();
    private readonly bool _isTerminal;

    public TerminalUserInterface()
    {
        // Not flushed after every line: a pipeline may show a hundred thousand. Flushed at its end, and before anything else is written.
        _isTerminal = !Console.IsOutputRedirected;
        _out = _isTerminal
            ? Console.Out
            : TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16));
        if (!_isTerminal)
        {
            Console.SetOut(_out);
        }

        bool noColour = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is "dumb" or "xterm-mono";
        SupportsVirtualTerminal = _isTerminal && !noColour;
        if (noColour)
        {
            // pwsh does the same: NO_COLOR is the user's setting, and views read it from $PSStyle.
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }
    }

    public bool HasWrittenErrors { get; set; }

    public override bool SupportsVirtualTerminal { get; }

    public override PSHostRawUserInterface RawUI => _raw;

    public override void Write(string value) => _out.Write(Shown(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        _progress.Hide();
        _out.WriteLine(Shown(value));
    }

    public override void WriteLine() => _out.WriteLine();

    public override void WriteErrorLine(string value)
    {
        HasWrittenErrors = true;
        _out.Flush();
        _progress.Hide();
        _error.WriteLine(Shown(value, SupportsVirtualTerminal && !Console.IsErrorRedirected));
    }

    public override void WriteDebugLine(string message) => WritePrefixed(PSStyle.Instance.Formatting.Debug, "DEBUG: ", message);

    public override void WriteVerboseLine(string message) => WritePrefixed(PSStyle.Instance.Formatting.Verbose, "VERBOSE: ", message);

    public override void WriteWarningLine(string message) => WritePrefixed(PSStyle.Instance.Formatting.Warning, "WARNING: ", message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    public override string ReadLine()
    {
        _out.Flush();
        return Console.In.ReadLine() ?? throw new PipelineStoppedException();
    }

    public override SecureString ReadLineAsSecureString() => throw NoDialog();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        if (Console.IsInputRedirected)
        {
            throw NoDialog();
        }

        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            _out.Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        => throw NoDialog();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw NoDialog();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
        => throw NoDialog();

    private static PSInvalidOperationException NoDialog() => new("This host asks no questions: give every mandatory parameter in the command.");

    private string Shown(string value) => Shown(value, SupportsVirtualTerminal);

    // Ansi asks for colours in files and pipes too; PowerShell's own method would take them out where there is no terminal.
    private static string Shown(string? value, bool isTerminal)
        => PSStyle.Instance.OutputRendering == OutputRendering.Ansi ? value ?? "" : GetOutputString(value ?? "", isTerminal);

    private void WritePrefixed(string style, string prefix, string message)
        => WriteLine(SupportsVirtualTerminal ? $"{style}{prefix}{message}{PSStyle.Instance.Reset}" : prefix + message);
}
