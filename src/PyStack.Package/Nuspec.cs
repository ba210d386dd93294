using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace PyStack.Package;

/// <summary>Writes a module's <c>.nuspec</c> as PowerShell's own publishing does.</summary>
public static class Nuspec
{
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

    /// <summary>The package of a module's folder, all of whose files are in it.</summary>
    public static XDocument Write(ModuleManifest manifest, string folder) => new(
        new XElement(
            Schema + "package",
            new XElement(
                Schema + "metadata",
                new XElement(Schema + "id", "PyStack"),
                new XElement(Schema + "version", manifest.PackageVersion),
                new XElement(Schema + "authors", manifest.Author),
                new XElement(Schema + "owners", manifest.CompanyName),
                new XElement(Schema + "requireLicenseAcceptance", "false"),
                new XElement(Schema + "licenseUrl", manifest.LicenseUri),
                new XElement(Schema + "projectUrl", manifest.ProjectUri),
                new XElement(Schema + "icon", "icon.png"),
                new XElement(Schema + "iconUrl", manifest.IconUri),
                new XElement(Schema + "description", manifest.Description),
                new XElement(Schema + "releaseNotes", manifest.ReleaseNotes),
                new XElement(Schema + "copyright", manifest.Copyright),
                new XElement(Schema + "tags", string.Join(' ', Tags(manifest).Distinct()))),
            new XElement(Schema + "files", Files(folder).Select(file => new XElement(
                Schema + "file", new XAttribute("src", file), new XAttribute("target", file))))));

    /// <summary>The manifest's tags, and those by which <c>Find-PSResource -Type Module</c>, <c>-CommandName</c> and the gallery's filters find a module.</summary>
    private static IEnumerable<string> Tags(ModuleManifest manifest) =>
    [
        "PSModule",
        .. manifest.Tags,
        "PSIncludes_Cmdlet",
        .. manifest.Cmdlets.Select(name => "PSCmdlet_" + name),
        .. manifest.Cmdlets.Select(name => "PSCommand_" + name),
    ];

    // One by one and in a fixed order: the order of a folder's entries is that of their creation.
    private static IOrderedEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file))
        .Order(StringComparer.Ordinal);
}
