using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace PyStack.Host;

/// <summary>Runs a script file as <c>pwsh -File</c> does: in the session's own scope, with its arguments, <c>exit</c> ending the program.</summary>
internal static class ScriptFile
{
    public static int Run(HostSession session, string path, ReadOnlySpan<string> arguments)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            return Usage.Refuse($"there is no script {path}.");
        }

        // A parsed file keeps its $PSScriptRoot, $PSCommandPath and positions. Called by its name it would keep `exit` to itself.
        ScriptBlockAst script = Parser.ParseFile(full, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            foreach (ParseError error in errors)
            {
                Console.Error.WriteLine($"{path}:{error.Extent.StartLineNumber}: {error.Message}");
            }

            return ExitCodes.Error;
        }

        string call = "param($__script) . $__script" + Arguments(arguments);
        ScriptBlock block = script.GetScriptBlock();
        return session.Run(shell => shell.AddScript(call, useLocalScope: false).AddArgument(block));
    }

    /// <summary>The arguments as PowerShell source: an argument that looks like a parameter name is one, all others are text.</summary>
    internal static string Arguments(ReadOnlySpan<string> arguments)
    {
        var source = new StringBuilder();
        foreach (string argument in arguments)
        {
            source.Append(' ');
            int nameEnd = ParameterNameEnd(argument);
            if (nameEnd < 0)
            {
                source.Append(Quoted(argument));
                continue;
            }

            source.Append(argument.AsSpan(0, nameEnd));
            if (nameEnd < argument.Length)
            {
                string value = argument[(nameEnd + 1)..];
                bool isSwitchValue = value.Equals("$true", StringComparison.OrdinalIgnoreCase) || value.Equals("$false", StringComparison.OrdinalIgnoreCase);
                source.Append(':').Append(value.Length == 0 || isSwitchValue ? value : Quoted(value));
            }
        }

        return source.ToString();
    }

    // -Name, -Name: or -Name:value; -1 for anything else, such as -1 or a path.
    private static int ParameterNameEnd(string argument)
    {
        if (argument.Length < 2 || argument[0] != '-' || !(char.IsAsciiLetter(argument[1]) || argument[1] == '_'))
        {
            return -1;
        }

        int i = 1;
        while (i < argument.Length && (char.IsAsciiLetterOrDigit(argument[i]) || argument[i] == '_'))
        {
            i++;
        }

        return i == argument.Length || argument[i] == ':' ? i : -1;
    }

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
