using System;
using System.Management.Automation;

namespace PyStack;

/// <summary>Refuses wildcards in a word that is compared as it is: a star would hide nothing, where its user means all.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretWordAttribute : ValidateEnumeratedArgumentsAttribute
{
    protected override void ValidateElement(object element)
    {
        if (element?.ToString() is { Length: > 0 } word && WildcardPattern.ContainsWildcardCharacters(word))
        {
            throw new ValidationMetadataException(
                $"{TerminalText.Escape(word)} contains wildcard characters. Give words that names contain, without wildcards, such as iban; to hide all values leave out -Locals.");
        }
    }
}
