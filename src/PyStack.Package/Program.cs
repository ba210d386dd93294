using System;
using System.IO;
using PyStack.Package;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: PyStack.Package MODULE-FOLDER OUTPUT.nuspec");
    return 64;
}

try
{
    ModuleManifest manifest = ModuleManifest.Read(Path.Combine(args[0], "PyStack.psd1"));
    Nuspec.Write(manifest, args[0]).Save(args[1]);
    return 0;
}
catch (FormatException exception)
{
    // In the form that MSBuild recognizes as an error.
    Console.Error.WriteLine($"PyStack.psd1: error PKG001: {exception.Message}");
    return 1;
}
