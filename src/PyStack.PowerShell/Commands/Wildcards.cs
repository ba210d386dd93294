using System.Management.Automation;

namespace PyStack;

/// <summary>Patterns as PowerShell has them, for names of processes and for paths.</summary>
internal static class Wildcards
{
    /// <summary>The pattern, upper and lower case being the same.</summary>
    /// <param name="advice">What else the user may do about a pattern that cannot be read.</param>
    /// <exception cref="Engine.Primitives.EngineException">It cannot be read as a pattern.</exception>
    public static WildcardPattern Parse(string text, string? advice = null)
    {
        WildcardPattern pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
        try
        {
            // PowerShell reads a pattern when it is first used.
            _ = pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            throw ErrorRecords.InvalidPattern(text, advice);
        }
    }
}
