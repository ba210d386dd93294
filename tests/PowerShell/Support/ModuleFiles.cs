using System.IO;
using System.Linq;
using System.Reflection;
using PyStack.TestSupport;

namespace PyStack.Tests;

/// <summary>Where the build puts the module and the host.</summary>
internal static class ModuleFiles
{
    public static string Manifest => Path.Combine(Repository.Root, "out", "PyStack", "PyStack.psd1");

    public static string HostProgram => Path.Combine(Repository.Root, "src", "PyStack.Host", "bin", Configuration, "net10.0", "pystack-host.dll");

    /// <summary>Debug or Release, as these tests were built.</summary>
    public static string Configuration => typeof(ModuleFiles).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "Configuration").Value!;
}
