using System;
using System.Globalization;
using System.Management.Automation;

namespace PyStack;

/// <summary>Takes a time as a number of seconds or as a time span. PowerShell itself would make days of the number 10, and 10 ten-millionths of a second of <c>[timespan]10</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    private const int MaxDays = 7;

    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        TimeSpan? time = value switch
        {
            TimeSpan span => span,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => Of(seconds),
            string text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null,
            IConvertible and not (bool or char or DateTime or Enum) => Of(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => null,
        };
        return time > TimeSpan.Zero && time <= TimeSpan.FromDays(MaxDays)
            ? time
            : throw new ArgumentTransformationMetadataException(
                $"{TerminalText.Escape(value?.ToString() ?? "")} is not a time of more than 0 seconds and at most {MaxDays} days. Give seconds, such as 10 or 0.5, or hours, minutes and seconds, such as 0:10:00.");
    }

    private static TimeSpan? Of(double seconds) => Math.Abs(seconds) < MaxDays * 86400.0 + 1 ? TimeSpan.FromSeconds(seconds) : null;
}
