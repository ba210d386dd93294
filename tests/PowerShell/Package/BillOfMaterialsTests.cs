using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.Json;
using PyStack.Package;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Package;

/// <summary>The bill of materials beside the package (CycloneDX 1.6, ECMA-424), against what is in the package.</summary>
[Collection(nameof(PackedModule))]
public sealed class BillOfMaterialsTests(PackedModule packed) : IDisposable
{
    private readonly JsonDocument _document = JsonDocument.Parse(File.ReadAllBytes(packed.BillOfMaterials));

    private JsonElement Root => _document.RootElement;

    private JsonElement Module => Root.GetProperty("metadata").GetProperty("component");

    private IEnumerable<JsonElement> Libraries => Root.GetProperty("components").EnumerateArray();

    public void Dispose() => _document.Dispose();

    [Fact]
    public void It_says_which_package_it_is_of()
    {
        Assert.Equal(("CycloneDX", "1.6", 1), (Text(Root, "bomFormat"), Text(Root, "specVersion"), Root.GetProperty("version").GetInt32()));
        Assert.Equal(("PyStack", PackedModule.Version, $"pkg:nuget/PyStack@{PackedModule.Version}"), (Text(Module, "name"), Text(Module, "version"), Text(Module, "purl")));
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(File.ReadAllBytes(packed.Path))), HashOf(Module, "SHA-512"));
    }

    [Fact]
    public void It_has_every_file_of_the_package_once_with_its_hash()
    {
        using ZipArchive package = ZipFile.OpenRead(packed.Path);
        Assert.Equal(
            package.Entries
                .Where(entry => entry.FullName is not ("PyStack.nuspec" or "[Content_Types].xml") && entry.FullName.Split('/')[0] is not ("_rels" or "package"))
                .Select(entry => (entry.FullName, Sha256(entry)))
                .Order(),
            Libraries.Prepend(Module).SelectMany(FilesOf).Select(file => (Text(file, "name"), HashOf(file, "SHA-256"))).Order());
    }

    /// <summary>The other evidence is in the assemblies: their references, and the notices that ship with them.</summary>
    [Fact]
    public void The_libraries_of_others_are_those_whose_assemblies_are_in_the_package()
    {
        string notices = File.ReadAllText(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES.md"));
        Assert.NotEmpty(Libraries);
        foreach (JsonElement library in Libraries)
        {
            string name = Text(library, "name");
            Assert.Equal($"pkg:nuget/{name}@{Text(library, "version")}", Text(library, "purl"));
            Assert.Equal(name == "Google.Protobuf" ? "BSD-3-Clause" : "MIT", library.GetProperty("licenses")[0].GetProperty("expression").GetString());
            Assert.Contains(name, notices);
            Assert.Equal(128, HashOf(library, "SHA-512").Length);

            // One for each processor.
            Assert.Equal(["linux-arm64", "linux-x64"], FilesOf(library).Select(file => Text(file, "name").Split('/')[1]));
        }

        Assert.All(FilesOf(Module), file => Assert.True(!Text(file, "name").EndsWith(".dll", StringComparison.Ordinal) || Path.GetFileName(Text(file, "name")).StartsWith("PyStack.", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_library_depends_on_those_that_its_assemblies_refer_to()
    {
        var libraryOf = Libraries.SelectMany(library => FilesOf(library).Select(file => (File: Path.GetFileNameWithoutExtension(Text(file, "name")), Url: Text(library, "purl")))).Distinct().ToDictionary(pair => pair.File, pair => pair.Url);
        var dependencies = Root.GetProperty("dependencies").EnumerateArray()
            .ToDictionary(item => Text(item, "ref"), item => item.GetProperty("dependsOn").EnumerateArray().Select(on => on.GetString()!).Order(StringComparer.Ordinal).ToArray());
        Assert.Equal(libraryOf.Values.Append(Text(Module, "purl")).Order(), dependencies.Keys.Order());

        string codecs = Path.Combine(PackedModule.Folder, "bin", "linux-x64", "codecs");
        foreach ((string assembly, string url) in libraryOf)
        {
            Assert.Equal(References(Path.Combine(codecs, assembly + ".dll")).Where(libraryOf.ContainsKey).Select(name => libraryOf[name]).Order(StringComparer.Ordinal), dependencies[url]);
        }

        Assert.All(References(Path.Combine(codecs, "PyStack.Codecs.dll")).Where(libraryOf.ContainsKey), name => Assert.Contains(dependencies, pair => pair.Value.Contains(libraryOf[name])));
    }

    [Fact]
    public void An_assembly_that_no_library_accounts_for_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "package.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            archive.CreateEntry("bin/linux-x64/Unknown.dll");
        }

        Assert.Equal(
            "bin/linux-x64/Unknown.dll belongs to no package that the module refers to",
            Assert.Throws<FormatException>(() => BillOfMaterials.Write(path, ModuleManifest.Read(ModuleFiles.Manifest), [])).Message);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> FilesOf(JsonElement component) => component.GetProperty("components").EnumerateArray();

    private static string HashOf(JsonElement component, string algorithm)
    {
        JsonElement hash = Assert.Single(component.GetProperty("hashes").EnumerateArray());
        Assert.Equal(algorithm, Text(hash, "alg"));
        return Text(hash, "content");
    }

    private static string Sha256(ZipArchiveEntry entry)
    {
        using Stream content = entry.Open();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static string[] References(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
