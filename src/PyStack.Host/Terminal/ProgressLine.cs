using System;
using System.Management.Automation;

namespace PyStack.Host.Terminal;

/// <summary>The last progress record as one line at the bottom of a terminal; nothing where standard error is not one.</summary>
internal sealed class ProgressLine
{
    private const string EraseLine = "\r\x1b[K";
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private bool _isShown;

    public void Show(ProgressRecord record)
    {
        if (!_isTerminal)
        {
            return;
        }

        Hide();
        if (record.RecordType == ProgressRecordType.Completed)
        {
            return;
        }

        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete}%" : "";
        string line = $"{record.Activity}: {record.StatusDescription}{percent}";
        int width = TerminalRawUserInterface.Width - 1;
        Console.Error.Write(line.Length <= width ? line : line[..width]);
        _isShown = true;
    }

    /// <summary>Removes the line before something else is written.</summary>
    public void Hide()
    {
        if (_isShown)
        {
            Console.Error.Write(EraseLine);
            _isShown = false;
        }
    }
}
