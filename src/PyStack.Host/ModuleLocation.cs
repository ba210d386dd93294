using System;
using System.IO;

namespace PyStack.Host;

/// <summary>Finds the assembled module.</summary>
internal static class ModuleLocation
{
    private const string Manifest = "PyStack.psd1";

    /// <summary>The manifest's path: of the module beside the program, or of out/PyStack in a folder above it.</summary>
    public static string? Find()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "PyStack", Manifest);
        if (File.Exists(beside))
        {
            return beside;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string assembled = Path.Combine(folder.FullName, "out", "PyStack", Manifest);
            if (File.Exists(assembled))
            {
                return assembled;
            }
        }

        return null;
    }
}
