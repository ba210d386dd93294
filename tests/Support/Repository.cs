using System;
using System.IO;

namespace PyStack.TestSupport;

/// <summary>The work tree that the tests were built from.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder that holds <c>PyStack.slnx</c>.</summary>
    public static string Root => Found.Value;

    /// <summary>Where tests and their scripts keep what takes long to get or to make; git ignores it.</summary>
    public static string Cache => Environment.GetEnvironmentVariable("PYSTACK_CACHE") is { Length: > 0 } set ? set : Path.Combine(Root, ".cache");

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PyStack.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No PyStack.slnx above {AppContext.BaseDirectory}.");
    }
}
