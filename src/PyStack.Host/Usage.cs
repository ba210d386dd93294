using System;

namespace PyStack.Host;

/// <summary>The program's usage text.</summary>
internal static class Usage
{
    public const string Text = """
        pystack-host                          starts a small Python program, shows its stack, and ends it
        pystack-host WORDS                    runs the words as one PowerShell command, with the PyStack module imported
        pystack-host -File script.ps1 ARGS    runs a script
        pystack-host -i                       a prompt
        pystack-host --version                the versions of PyStack and of PowerShell

        For example: pystack-host Get-PyStack -Id 112
                     pystack-host Get-Help Get-PyStack -Full
        -Command (-c), -NoProfile, -NoLogo and -NonInteractive are accepted as pwsh has them.
        The exit code is 0, 1 after any error, what `exit` was given, or 130 after Ctrl+C.
        """;

    /// <summary>What <c>--version</c> shows.</summary>
    public static string Versions => $"PyStack {typeof(Usage).Assembly.GetName().Version?.ToString(3)}, PowerShell {System.Management.Automation.PSVersionInfo.PSVersion}";

    /// <summary>Says what is wrong with the call.</summary>
    public static int Refuse(string message)
    {
        Console.Error.WriteLine($"pystack-host: {message}");
        return ExitCodes.Usage;
    }
}
