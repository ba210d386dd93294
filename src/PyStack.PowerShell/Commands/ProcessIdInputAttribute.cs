using System;
using System.Globalization;
using System.Management.Automation;

namespace PyStack;

/// <summary>Takes what can be a process id, and says what to do with a name: PowerShell itself only says that the text is no number.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ProcessIdInputAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // The property Id of a task is its own, and would be bound before its ProcessId. An array, because PowerShell takes here only what it need not convert.
        if (inputData is not null && PSObject.AsPSObject(inputData) is var item && TaskFormat.IsTask(item))
        {
            return new[] { Rehydration.Task(item).ProcessId };
        }

        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        // PowerShell tries the other parameters if the cause is this exception.
        return value is string text && !long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
            ? throw new ArgumentTransformationMetadataException(
                $"{TerminalText.Escape(text)} is not a process id. Give a number, or a name with -Name; Get-PyProcess shows both.", new PSInvalidCastException("It is not a number."))
            : inputData;
    }
}
