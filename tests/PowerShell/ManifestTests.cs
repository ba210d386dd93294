using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests;

public sealed class ManifestTests
{
    [Fact]
    public void The_assembled_manifest_passes_Test_ModuleManifest()
    {
        using var shell = new EmbeddedShell();
        PSObject module = Assert.Single(shell.Run($"Test-ModuleManifest -Path '{ModuleFiles.Manifest}'"));
        Assert.Empty(shell.Errors);
        var info = (PSModuleInfo)module.BaseObject;
        Assert.Equal("PyStack", info.Name);
        Assert.Equal(typeof(PyThread).Assembly.GetName().Version!.ToString(3), info.Version.ToString());
        Assert.Equal(new Version(7, 6), info.PowerShellVersion);
        Assert.Equal(["Core"], info.CompatiblePSEditions);
        Assert.All((string?[])[info.Author, info.CompanyName, info.Copyright, info.Description, info.ReleaseNotes], Assert.NotEmpty!);
        Assert.All((Uri?[])[info.LicenseUri, info.ProjectUri], uri => Assert.Equal("https", uri?.Scheme));
        Assert.Equal("https", info.IconUri?.Scheme);
        Assert.Contains("PSEdition_Core", info.Tags);
        Assert.Equal(ModuleCmdlets.All.Keys.Select(name => "PSCommand_" + name), info.Tags.Where(tag => tag.StartsWith("PSCommand_", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_real_pwsh_takes_it_too() => Assert.Equal(
        new HostResult("PyStack " + string.Join(' ', ModuleCmdlets.All.Keys) + "\n", "", 0),
        RealShell.Run($"$m = Test-ModuleManifest '{ModuleFiles.Manifest}'; \"$($m.Name) $($m.ExportedCmdlets.Keys -join ' ')\""));

    [Fact]
    public void The_version_stands_in_the_manifest_alone()
    {
        string[] versions = ["<Version>", "<VersionPrefix>", "<AssemblyVersion>", "<PackageVersion>", "<FileVersion>"];
        foreach (string pattern in (string[])["*.csproj", "*.props", "*.targets"])
        {
            foreach (string file in Directory.GetFiles(Repository.Root, pattern, SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/.cache/", StringComparison.Ordinal)))
            {
                string[] found = [.. versions.Where(v => File.ReadAllText(file).Contains(v, StringComparison.Ordinal))];
                Assert.Equal(file == Path.Combine(Repository.Root, "Directory.Build.props") ? ["<Version>"] : [], found);
            }
        }
    }

    [Fact]
    public void It_exports_every_cmdlet_of_the_assembly_and_nothing_else()
    {
        HostResult result = HostRun.Run("(Get-Module PyStack).ExportedCommands.Keys");
        Assert.Equal(string.Concat(ModuleCmdlets.All.Keys.Select(name => name + "\n")), result.Output);
    }

    [Fact]
    public void Its_public_types_are_known_from_the_import_on()
        => Assert.Equal(
            new HostResult("PyStack.PyThread\nPyStack.PyFrame\nPyStack.PyProcess\nPyStack.PyStackAccess\nPyStack.EngineException\n", "", 0),
            HostRun.Run("[PyStack.PyThread], [PyStack.PyFrame], [PyStack.PyProcess], [PyStack.PyStackAccess], [PyStack.EngineException] | ForEach-Object FullName"));

    [Fact]
    public void On_a_processor_without_an_image_the_import_says_what_it_needs()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Path.GetDirectoryName(ModuleFiles.Manifest)!, "PyStack.psm1"), Path.Combine(folder.Path, "PyStack.psm1"));
        HostResult result = HostRun.Run($"Import-Module '{folder.Path}/PyStack.psm1'");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("PyStack runs on Linux with an x64 or arm64 processor, not on ", result.Error);
    }

    [Theory]
    [InlineData("linux-x64", 0x8664)]
    [InlineData("linux-arm64", 0xaa64)]
    public void It_holds_compiled_images_for_both_processors(string rid, int machine)
    {
        string folder = Path.Combine(Path.GetDirectoryName(ModuleFiles.Manifest)!, "bin", rid);
        string[] files = [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["PyStack.Engine.dll", "PyStack.PowerShell.dll"], files);
        Assert.All(files, file =>
        {
            using var image = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(Path.Combine(folder, file)));
            // A ReadyToRun image for Linux has the operating system's number xor-ed into its machine (coreclr pedecoder.h, IMAGE_FILE_MACHINE_OS_MASK).
            const int linux = 0x7b79;
            Assert.Equal(machine ^ linux, (int)image.PEHeaders.CoffHeader.Machine);
            Assert.NotEqual(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        });
    }
}
