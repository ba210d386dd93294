using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Package;

/// <summary>The package of the assembled module, made once for all tests of it; in the same folder, as in a repository, is a later prerelease.</summary>
[CollectionDefinition(nameof(PackedModule))]
public sealed class PackedModule : ICollectionFixture<PackedModule>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackedModule()
    {
        string output = System.IO.Path.Combine(_folder.Path, "package");
        string later = System.IO.Path.Combine(_folder.Path, "later");
        CopyModule(later);
        File.WriteAllBytes(System.IO.Path.Combine(later, "PyStack.psd1"), ManifestOf("99.0.0", "preview1"));
        Pack(output, later);
        Path = Pack(output, Folder);
    }

    /// <summary>The assembled module.</summary>
    public static string Folder => System.IO.Path.GetDirectoryName(ModuleFiles.Manifest)!;

    public static string Version => typeof(PyThread).Assembly.GetName().Version!.ToString(3);

    public string Path { get; }

    public string BillOfMaterials => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "PyStack.cdx.json");

    /// <summary>The manifest with another version, and a label if it is not empty.</summary>
    public static byte[] ManifestOf(string version, string label) => Encoding.UTF8.GetBytes(Regex.Replace(
        File.ReadAllText(ModuleFiles.Manifest).Replace("PSData = @{", $"PSData = @{{ Prerelease = '{label}'", StringComparison.Ordinal), @"ModuleVersion\s*=\s*'[^']*'", $"ModuleVersion = '{version}'"));

    /// <summary>A copy of the module with new files, in another order.</summary>
    public static void CopyModule(string folder)
    {
        foreach (string file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            string target = System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }
    }

    /// <summary>Packs a module's folder as <c>dotnet pack</c> does, and gives the path of the package if it has the version of this commit.</summary>
    public static string Pack(string output, string module)
    {
        DotnetRun.Run(
            "pack", System.IO.Path.Combine(Repository.Root, "src", "PyStack.Package"), "--no-build", "--configuration", ModuleFiles.Configuration, "--output", output,
            $"-p:NuspecBasePath={module}/");
        return System.IO.Path.Combine(output, $"PyStack.{Version}.nupkg");
    }

    public void Dispose() => _folder.Dispose();
}
