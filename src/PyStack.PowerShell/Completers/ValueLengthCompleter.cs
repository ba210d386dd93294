using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PyStack;

/// <summary>Completes the number of characters of one value.</summary>
public sealed class ValueLengthCompleter : IArgumentCompleter
{
    private static readonly (string Text, string Tooltip)[] _lengths =
    [
        ("80", "the default"), ("200", "about two lines"), ("1000", "about a screen"), ("0", "all of each value, up to a million characters"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        List<CompletionResult> results = [];
        foreach ((string text, string tooltip) in _lengths)
        {
            if (text.StartsWith(wordToComplete ?? "", StringComparison.Ordinal))
            {
                results.Add(new CompletionResult(text, text, CompletionResultType.ParameterValue, tooltip));
            }
        }

        return results;
    }
}
