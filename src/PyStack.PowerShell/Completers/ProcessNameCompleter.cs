using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>Completes the name of a Python process.</summary>
public sealed class ProcessNameCompleter : IArgumentCompleter
{
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

    /// <summary>The different names that begin with the word, or match it if it has wildcards, in their alphabetical order.</summary>
    internal static List<CompletionResult> Complete(string? word, IReadOnlyList<PythonProcess> processes)
    {
        WildcardPattern wanted = WildcardPattern.Get((word ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        SortedDictionary<string, int> names = new(StringComparer.Ordinal);
        foreach (PythonProcess process in processes)
        {
            if (process.Name.Length > 0 && wanted.IsMatch(process.Name))
            {
                names[process.Name] = names.GetValueOrDefault(process.Name) + 1;
            }
        }

        var results = new List<CompletionResult>(names.Count);
        foreach ((string name, int count) in names)
        {
            // A process may call itself anything: what is on the command line must be one literal word that means this name.
            string text = CodeGeneration.EscapeSingleQuotedStringContent(WildcardPattern.Escape(name));
            bool isPlain = text == name && name.AsSpan().IndexOfAnyExcept(PlainCharacters) < 0;
            string shown = TerminalText.Escape(name);
            if (shown == name)
            {
                results.Add(new CompletionResult(
                    isPlain ? name : $"'{text}'", shown, CompletionResultType.ParameterValue, $"{count} {(count == 1 ? "process" : "processes")}"));
            }
        }

        return results;
    }

    private static readonly System.Buffers.SearchValues<char> PlainCharacters
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+:/-");
}
