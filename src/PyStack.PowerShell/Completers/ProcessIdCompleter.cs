using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>Completes a process id with the Python processes of the machine and their command lines.</summary>
public sealed class ProcessIdCompleter : IArgumentCompleter
{
    // A tooltip is shown in a line or two; command lines can be megabytes long.
    private const int TooltipLength = 500;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Complete(wordToComplete, PythonProcesses.ListForCompletion());
        }
        catch (Exception)
        {
            // The user pressed Tab: no list is better than an error in the middle of the line.
            return [];
        }
    }

    /// <summary>The processes whose id begins with the word, or, if it is not a number, whose name contains it.</summary>
    internal static List<CompletionResult> Complete(string? word, IReadOnlyList<PythonProcess> processes)
    {
        string wanted = (word ?? "").Trim('\'', '"');
        bool isNumber = wanted.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
        var results = new List<CompletionResult>(processes.Count);
        foreach (PythonProcess process in processes)
        {
            string id = process.ProcessId.ToString(CultureInfo.InvariantCulture);
            bool fits = isNumber
                ? id.StartsWith(wanted, StringComparison.Ordinal)
                : process.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase);
            if (fits)
            {
                string name = TerminalText.Escape(process.Name);
                results.Add(new CompletionResult(id, $"{id} {name}", CompletionResultType.ParameterValue, Tooltip(process, name)));
            }
        }

        return results;
    }

    private static string Tooltip(PythonProcess process, string name)
    {
        // A process that has written over its arguments has an empty command line, and an empty tooltip is refused.
        string line = process.CommandLine;
        string text = string.IsNullOrWhiteSpace(line) ? name : TerminalText.Escape(line.Length <= TooltipLength ? line : line[..TooltipLength] + "...");
        return string.IsNullOrWhiteSpace(text) ? "(no name)" : text;
    }
}
