using System;
using System.IO;
using System.Text;

namespace PyStack.Host;

/// <summary><c>Start-Job</c> starts the program <c>pwsh</c> that is beside PowerShell's assemblies: a link to this one.</summary>
internal static class PwshLink
{
    private const string Name = "pwsh";

    /// <summary>Whether this process was started as <c>pwsh</c>.</summary>
    public static bool IsCalledByIt()
    {
        try
        {
            // .NET knows the program's file only, and that is the same under both names.
            string line = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline"));
            return Path.GetFileName(line.Split('\0')[0]) == Name;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes the link where it is missing, or is that of a program that was moved. Where that is not possible, <c>Start-Job</c> says what it lacks.</summary>
    public static void Create()
    {
        string link = Path.Combine(AppContext.BaseDirectory, Name);
        string beside = Path.Combine(AppContext.BaseDirectory, "pystack-host");
        string? program = File.Exists(beside) ? beside : Environment.ProcessPath;
        try
        {
            if (program is null || new FileInfo(link).LinkTarget == program)
            {
                return;
            }

            // By a rename: another process may do the same.
            string made = Path.Combine(AppContext.BaseDirectory, Path.GetRandomFileName());
            File.CreateSymbolicLink(made, program);
            File.Move(made, link, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
