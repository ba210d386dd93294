using System;
using System.IO;
using PyStack.Package;

if (args is not (["nuspec", _, _] or ["sbom", _, _, _]))
{
    Console.Error.WriteLine("usage: PyStack.Package nuspec MODULE-FOLDER OUTPUT.nuspec\n       PyStack.Package sbom MODULE-FOLDER FOLDER-OF-PACKAGE PROJECT.ASSETS.JSON");
    return 64;
}

try
{
    ModuleManifest manifest = ModuleManifest.Read(Path.Combine(args[1], "PyStack.psd1"));
    if (args[0] == "nuspec")
    {
        Nuspec.Write(manifest, args[1]).Save(args[2]);
    }
    else
    {
        string package = Path.Combine(args[2], $"PyStack.{manifest.PackageVersion}.nupkg");
        // Without a version: PowerShell takes every file with one in a folder of packages for a package.
        File.WriteAllText(Path.Combine(args[2], "PyStack.cdx.json"), BillOfMaterials.Write(package, manifest, ShippedLibraries.Read(args[3])));
    }

    return 0;
}
catch (FormatException exception)
{
    // In the form that MSBuild recognizes as an error.
    Console.Error.WriteLine($"PyStack.psd1: error PKG001: {exception.Message}");
    return 1;
}
