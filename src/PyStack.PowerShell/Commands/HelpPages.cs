namespace PyStack;

/// <summary>Where the help is published: the project's home (<c>ProjectUri</c> of the manifest) and the folder of the pages in it.</summary>
internal static class HelpPages
{
    /// <summary>What the <c>HelpUri</c> of a cmdlet begins with; the name of its page follows.</summary>
    public const string Folder = "https://github.com/pystack-powershell/PyStack/blob/main/docs/help/en-US/";
}
