using System.IO;
using System.Linq;

namespace PyStack.Engine.Tests.Native;

/// <summary>The files that the test's own process has open.</summary>
internal static class OpenFiles
{
    public static int CountOf(string path) => Directory.GetFiles("/proc/self/fd").Count(link => TargetOf(link) == path);

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            // Closed meanwhile, by another test.
            return null;
        }
    }
}
