using System;
using System.Collections;
using System.Management.Automation;

namespace PyStack;

/// <summary>Warns of parameters for variables that have no effect in a call. A parameter set for each combination would make its syntax unreadable.</summary>
internal static class UnusedSwitches
{
    private static readonly string[] _ofLocals = [nameof(GetPyStackCommand.MaxValueLength), nameof(GetPyStackCommand.NoRedact), nameof(GetPyStackCommand.RedactName)];

    public static void Warn(PyStackCmdlet cmdlet, bool hasLocals, bool isUnredacted)
    {
        foreach (string name in _ofLocals)
        {
            if (!IsGiven(cmdlet, name))
            {
                continue;
            }

            if (!hasLocals)
            {
                cmdlet.Log.Warning($"-{name} has no effect without -Locals.");
            }
            else if (isUnredacted && name == nameof(GetPyStackCommand.RedactName))
            {
                cmdlet.Log.Warning($"-{name} has no effect with -NoRedact.");
            }
        }
    }

    // What a user has set for all calls in $PSDefaultParameterValues is bound as well, and is meant for those in which it has an effect.
    private static bool IsGiven(PSCmdlet cmdlet, string parameter)
    {
        if (!cmdlet.MyInvocation.BoundParameters.ContainsKey(parameter))
        {
            return false;
        }

        if (cmdlet.SessionState.PSVariable.GetValue("PSDefaultParameterValues") is IDictionary defaults)
        {
            foreach (object key in defaults.Keys)
            {
                if (key is string text && text.EndsWith(':' + parameter, StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
