using System;
using System.IO;

namespace PyStack.Host;

/// <summary>Finds the assembled module.</summary>
internal static class ModuleLocation
{
    private const string Name = "PyStack";
    private const string Manifest = "PyStack.psd1";

    /// <summary>
    /// What to import: the module next to the program, that of out/PyStack in a folder above it, or, by its name alone, the one that is installed in a folder
    /// of <c>PSModulePath</c>; null if there is none.
    /// </summary>
    public static string? Find()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "Modules", Name, Manifest);
        if (File.Exists(beside))
        {
            return beside;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string assembled = Path.Combine(folder.FullName, "out", Name, Manifest);
            if (File.Exists(assembled))
            {
                return assembled;
            }
        }

        string[] installed = (Environment.GetEnvironmentVariable("PSModulePath") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Array.Exists(installed, folder => Directory.Exists(Path.Combine(folder, Name))) ? Name : null;
    }
}
