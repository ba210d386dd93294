using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using PyStack.Package;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Package;

/// <summary>The module's package, made of the assembled module as <c>dotnet pack</c> makes it.</summary>
[Collection(nameof(PackedModule))]
public sealed class PackageTests(PackedModule packed) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string ModuleFolder => PackedModule.Folder;

    private static string Version => PackedModule.Version;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_installed_package_is_imported_by_its_name_and_takes_a_stack()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        Unpack(packed.Path, Path.Combine(_folder.Path, "modules", "PyStack", Version));

        // A host that no module lies beside or above: it takes the installed one.
        string host = Path.Combine(_folder.Path, "host");
        CopyFolder(Path.GetDirectoryName(ModuleFiles.HostProgram)!, host);
        HostResult result = HostRun.Run(
            [$"(Get-Module PyStack).Path; Get-PyStack -Id {target.Id} | ForEach-Object Frames | ForEach-Object Function"],
            new Dictionary<string, string?> { ["PSModulePath"] = Path.Combine(_folder.Path, "modules"), ["HOME"] = _folder.Path, ["XDG_DATA_HOME"] = null },
            Path.Combine(host, "pystack-host.dll"));
        Assert.Equal(new HostResult($"{_folder.Path}/modules/PyStack/{Version}/PyStack.psm1\n<module>\nfirst_func\nsecond_func\nthird_func\n", "", 0), result);
    }

    [Fact]
    public void PowerShells_own_commands_find_it_by_name_and_by_command_and_install_the_final_version()
    {
        HostResult result = RealShell.Run(
            $"Remove-Module PyStack; $ProgressPreference = 'SilentlyContinue'; Register-PSResourceRepository -Name PyStackLocal -Uri '{Path.GetDirectoryName(packed.Path)}' -Trusted; "
            + "Install-PSResource PyStack -Repository PyStackLocal; $found = Find-PSResource PyStack -Repository PyStackLocal; "
            + "\"$($found.Name) $($found.Version)$($found.Prerelease) $($found.ProjectUri) $($found.IconUri) $($found.Type)\"; "
            + "$found = Find-PSResource -CommandName Get-PyStack -Repository PyStackLocal; \"$($found.Names) of $($found.ParentResource.Name)\"; "
            + "(Find-PSResource PyStack -Repository PyStackLocal -Prerelease).ForEach{ \"$($_.Version) $($_.Prerelease)\" }; "
            + "(Get-Module -ListAvailable PyStack).ExportedCommands.Keys -join ' '",
            new Dictionary<string, string?> { ["HOME"] = _folder.Path, ["XDG_DATA_HOME"] = null });
        ModuleManifest manifest = ModuleManifest.Read(ModuleFiles.Manifest);
        Assert.Equal("", result.Error);
        Assert.Equal(
            $"PyStack {Version} {manifest.ProjectUri} {manifest.IconUri} Module\nGet-PyStack of PyStack\n99.0.0 preview1\n{string.Join(' ', ModuleCmdlets.All.Keys)}\n", result.Output);
    }

    [Fact]
    public void The_same_module_gives_the_same_bytes_whenever_and_wherever_it_is_packed()
    {
        // What a build of another day, in another folder, has: new files in another order, the same contents.
        string copy = Path.Combine(_folder.Path, "copy");
        PackedModule.CopyModule(copy);
        string second = PackedModule.Pack(Path.Combine(_folder.Path, "second"), copy);
        Assert.Equal(File.ReadAllBytes(packed.Path), File.ReadAllBytes(second));
        Assert.Equal(File.ReadAllText(packed.BillOfMaterials), File.ReadAllText(Path.Combine(Path.GetDirectoryName(second)!, "PyStack.cdx.json")));
    }

    [Fact]
    public void Its_assemblies_know_neither_when_nor_where_they_were_built() => Assert.All(
        Directory.GetFiles(Path.Combine(ModuleFolder, "bin"), "PyStack.*.dll", SearchOption.AllDirectories),
        file =>
        {
            using var image = new PEReader(File.OpenRead(file));
            var debug = image.ReadDebugDirectory();
            Assert.Contains(debug, entry => entry.Type == DebugDirectoryEntryType.Reproducible);
            Assert.All(
                debug.Where(entry => entry.Type == DebugDirectoryEntryType.CodeView),
                entry => Assert.StartsWith("/_/src/", image.ReadCodeViewDebugDirectoryData(entry).Path));
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Repository.Root)) < 0, file);
        });

    /// <summary>Whichever configuration the solution is built in: an engine that is not optimized holds its target for longer.</summary>
    [Fact]
    public void Its_assemblies_are_optimized() => Assert.All(
        Directory.GetFiles(Path.Combine(ModuleFolder, "bin"), "PyStack.*.dll", SearchOption.AllDirectories),
        file => Assert.Equal(DebuggableAttribute.DebuggingModes.IgnoreSymbolStoreSequencePoints, DebuggingModes(file)));

    // Without loading it: some are for another processor. The value of the one argument, after the prolog of two bytes (ECMA-335, II.23.3).
    private static DebuggableAttribute.DebuggingModes DebuggingModes(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        CustomAttribute attribute = metadata.GetAssemblyDefinition().GetCustomAttributes().Select(metadata.GetCustomAttribute).Single(
            attribute => attribute.Constructor.Kind == HandleKind.MemberReference
                && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name) == nameof(DebuggableAttribute));
        return (DebuggableAttribute.DebuggingModes)BinaryPrimitives.ReadInt32LittleEndian(metadata.GetBlobBytes(attribute.Value).AsSpan(2));
    }

    [Fact]
    public void It_holds_the_module_and_what_the_gallery_asks_for()
    {
        using ZipArchive package = ZipFile.OpenRead(packed.Path);
        string[] own = ["PyStack.nuspec", "[Content_Types].xml", "_rels/.rels"];
        string[] images =
        [
            "PyStack.Engine.dll", "PyStack.PowerShell.dll", "codecs/Google.Protobuf.dll", "codecs/K4os.Compression.LZ4.Streams.dll", "codecs/K4os.Compression.LZ4.dll", "codecs/K4os.Hash.xxHash.dll",
            "codecs/PyStack.Codecs.dll", "codecs/SharpCompress.dll", "codecs/System.IO.Hashing.dll", "codecs/ZstdSharp.dll",
        ];
        string[] module =
        [
            "CHANGELOG.md", "LICENSE", "PyStack.Format.ps1xml", "PyStack.Types.ps1xml", "PyStack.psd1", "PyStack.psm1", "THIRD-PARTY-NOTICES.md", "icon.png",
            "en-US/PyStack.PowerShell.dll-Help.xml", "en-US/about_PyStack.help.txt", .. images.Select(i => "bin/linux-x64/" + i), .. images.Select(i => "bin/linux-arm64/" + i),
        ];
        Assert.Equal(
            module.Order(StringComparer.Ordinal),
            package.Entries.Select(entry => entry.FullName).Where(name => !own.Contains(name) && !name.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(package.Entries, entry => Assert.Equal(new DateTime(2000, 1, 1), entry.LastWriteTime.DateTime));

        XElement metadata = XDocument.Load(package.GetEntry("PyStack.nuspec")!.Open()).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        string Text(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
        Assert.Equal("PyStack", Text("id"));
        Assert.Equal(Version, Text("version"));
        Assert.NotEmpty(Text("releaseNotes"));
        Assert.True(Uri.IsWellFormedUriString(Text("projectUrl"), UriKind.Absolute));
        Assert.True(Uri.IsWellFormedUriString(Text("licenseUrl"), UriKind.Absolute));
        Assert.Equal("icon.png", Text("icon"));
        Assert.Equal(ModuleManifest.Read(ModuleFiles.Manifest).ProjectUri + "/raw/main/docs/icon.png", Text("iconUrl"));
        string[] tags = Text("tags").Split(' ');
        Assert.All((string[])["PSModule", "PSEdition_Core", "Linux", "PSIncludes_Cmdlet", .. ModuleCmdlets.All.Keys.Select(name => "PSCommand_" + name)], tag => Assert.Contains(tag, tags));
    }

    [Theory]
    [InlineData("ProjectUri", "ProjectUri is missing or empty")]
    [InlineData("IconUri", "IconUri is missing or empty")]
    [InlineData("CmdletsToExport", "CmdletsToExport is missing or empty")]
    [InlineData("@{", "it is not a PowerShell data file")]
    public void A_manifest_that_lacks_something_is_refused_with_its_name(string removed, string message)
    {
        string path = _folder.Write("PyStack.psd1", System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(ModuleFiles.Manifest).Replace(removed, removed == "@{" ? "" : "Other", StringComparison.Ordinal)));
        Assert.Equal(message, Assert.Throws<FormatException>(() => ModuleManifest.Read(path)).Message);
    }

    [Theory]
    [InlineData("preview1", "1.2.3-preview1")]
    [InlineData("", "1.2.3")]
    public void The_label_of_a_prerelease_is_part_of_the_packages_version(string label, string version)
        => Assert.Equal(version, ModuleManifest.Read(_folder.Write("PyStack.psd1", PackedModule.ManifestOf("1.2.3", label))).PackageVersion);

    [Fact]
    public void A_label_that_no_repository_takes_is_refused() => Assert.Equal(
        "Prerelease is 'beta.2', and may have letters and digits only",
        Assert.Throws<FormatException>(() => ModuleManifest.Read(_folder.Write("PyStack.psd1", PackedModule.ManifestOf("1.2.3", "beta.2")))).Message);

    // As PowerShell installs a package: without what is NuGet's own.
    private static void Unpack(string package, string folder)
    {
        ZipFile.ExtractToDirectory(package, folder);
        File.Delete(Path.Combine(folder, "PyStack.nuspec"));
        File.Delete(Path.Combine(folder, "[Content_Types].xml"));
        Directory.Delete(Path.Combine(folder, "_rels"), recursive: true);
        Directory.Delete(Path.Combine(folder, "package"), recursive: true);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
