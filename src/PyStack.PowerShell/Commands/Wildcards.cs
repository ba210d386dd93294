using System.Management.Automation;

namespace PyStack;

/// <summary>Patterns as PowerShell has them, for names of processes and for paths.</summary>
internal static class Wildcards
{
    /// <summary>The pattern, which ignores case.</summary>
    /// <param name="advice">What else the user can do about an invalid pattern.</param>
    /// <exception cref="EngineException">It is not a valid pattern.</exception>
    public static WildcardPattern Parse(string text, string? advice = null)
    {
        WildcardPattern pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
        try
        {
            // PowerShell parses a pattern at its first use.
            _ = pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            throw ErrorRecords.InvalidPattern(text, advice);
        }
    }
}
