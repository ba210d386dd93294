using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using PyStack.Engine.Profiling.Formats;

namespace PyStack;

/// <summary>Completes the name of a file format for profiles.</summary>
public sealed class ProfileFormatCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        List<CompletionResult> results = [];
        foreach (IProfileFormat format in ProfileFormats.All)
        {
            if (format.Name.StartsWith((wordToComplete ?? "").Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            {
                results.Add(new CompletionResult(format.Name, format.Name, CompletionResultType.ParameterValue, $"{format.Description} ({format.Extensions[0]})"));
            }
        }

        return results;
    }
}
