using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;

namespace PyStack.Package;

/// <summary>A NuGet package whose assemblies the module ships.</summary>
/// <param name="Licence">An SPDX expression.</param>
/// <param name="Sha512">Of the whole package as it was downloaded, in hexadecimal digits.</param>
/// <param name="Assemblies">The names of its files that a program needs at run time.</param>
/// <param name="DependsOn">The ids of other packages.</param>
public sealed record ShippedLibrary(
    string Id, string Version, string Authors, string Copyright, string Licence, string Sha512, IReadOnlyList<string> Assemblies, IReadOnlyList<string> DependsOn)
{
    /// <summary>Its name in the form of package-url, "NuGet".</summary>
    public string PackageUrl => $"pkg:nuget/{Id}@{Version}";
}

/// <summary>The packages that the restore of a project has chosen (<c>obj/project.assets.json</c>), by id.</summary>
public static class ShippedLibraries
{
    // Some packages have an address instead of an expression; what is at the address is in THIRD-PARTY-NOTICES.md.
    private static readonly Dictionary<string, string> LicencesByAddress = new()
    {
        ["https://github.com/MiloszKrajewski/K4os.Compression.LZ4/blob/master/LICENSE?raw=true"] = "MIT",
        ["https://raw.githubusercontent.com/MiloszKrajewski/K4os.Hash.xxHash/master/LICENSE"] = "MIT",
    };

    /// <summary>Reads them, each with what its own <c>.nuspec</c> says.</summary>
    /// <exception cref="FormatException">A package is not where NuGet has put it, or its licence is not known.</exception>
    public static IReadOnlyList<ShippedLibrary> Read(string assets)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(assets));
        JsonElement root = document.RootElement;
        string[] folders = [.. root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        JsonElement target = root.GetProperty("targets").EnumerateObject().First(target => !target.Name.Contains('/', StringComparison.Ordinal)).Value;
        return
        [
            .. target.EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => Read(library, root.GetProperty("libraries").GetProperty(library.Name), folders))
                .OrderBy(library => library.Id, StringComparer.Ordinal),
        ];
    }

    private static ShippedLibrary Read(JsonProperty library, JsonElement files, string[] folders)
    {
        string[] name = library.Name.Split('/');
        string relative = files.GetProperty("path").GetString()!;
        string folder = Array.Find(folders, folder => Directory.Exists(Path.Combine(folder, relative))) is { } root ? Path.Combine(root, relative)
            : throw new FormatException($"the package {library.Name} is in none of NuGet's folders");
        XElement nuspec = XDocument.Load(Directory.GetFiles(folder, "*.nuspec")[0]).Root!;
        string? Text(string element) => nuspec.Descendants().FirstOrDefault(e => e.Name.LocalName == element)?.Value;
        return new ShippedLibrary(
            name[0],
            name[1],
            Text("authors") ?? "",
            Text("copyright") ?? "",
            Text("license") ?? LicencesByAddress.GetValueOrDefault(Text("licenseUrl") ?? "") ?? throw new FormatException($"the licence of the package {library.Name} is not known"),
            Convert.ToHexStringLower(Convert.FromBase64String(File.ReadAllText(Directory.GetFiles(folder, "*.nupkg.sha512")[0]))),
            Names(library.Value, "runtime"),
            Names(library.Value, "dependencies"));
    }

    private static string[] Names(JsonElement library, string property)
        => library.TryGetProperty(property, out JsonElement items) ? [.. items.EnumerateObject().Select(item => Path.GetFileName(item.Name))] : [];
}
