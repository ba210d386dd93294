using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PyStack.Package;

/// <summary>
/// Writes the bill of materials of a package as CycloneDX JSON: the package itself, each file in it with its hash, and the libraries of others whose assemblies are among them. It has neither
/// a time nor a random number: the same package gives the same bytes.
/// </summary>
public static class BillOfMaterials
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The document, with line feeds.</summary>
    /// <exception cref="FormatException">An assembly in the package belongs to none of the libraries.</exception>
    public static string Write(string package, ModuleManifest manifest, IReadOnlyList<ShippedLibrary> libraries)
    {
        string reference = $"pkg:nuget/PyStack@{manifest.PackageVersion}";
        var files = new Dictionary<string, JsonArray>(StringComparer.Ordinal);
        JsonArray own = [];
        using ZipArchive archive = ZipFile.OpenRead(package);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => !IsOfTheFormat(entry.FullName)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            JsonArray list = libraries.FirstOrDefault(library => library.Assemblies.Contains(entry.Name)) switch
            {
                { } library => files.TryGetValue(library.Id, out JsonArray? others) ? others : files[library.Id] = [],
                null when IsOwn(entry.Name) => own,
                _ => throw new FormatException($"{entry.FullName} belongs to no package that the module refers to"),
            };
            list.Add(FileOf(entry));
        }

        ShippedLibrary[] shipped = [.. libraries.Where(library => files.ContainsKey(library.Id))];
        return new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "library",
                    ["bom-ref"] = reference,
                    ["publisher"] = manifest.Author,
                    ["name"] = "PyStack",
                    ["version"] = manifest.PackageVersion,
                    ["description"] = manifest.Description,
                    ["hashes"] = Hash("SHA-512", Convert.ToHexStringLower(SHA512.HashData(File.ReadAllBytes(package)))),
                    ["licenses"] = Licence("MIT"),
                    ["copyright"] = manifest.Copyright,
                    ["purl"] = reference,
                    ["components"] = own,
                },
            },
            ["components"] = new JsonArray([.. shipped.Select(library => Component(library, files[library.Id]))]),
            ["dependencies"] = new JsonArray(
            [
                Dependency(reference, shipped.Where(library => !shipped.Any(other => other.DependsOn.Contains(library.Id)))),
                .. shipped.Select(library => Dependency(library.PackageUrl, shipped.Where(other => library.DependsOn.Contains(other.Id)))),
            ]),
        }.ToJsonString(Indented) + "\n";
    }

    // Open Packaging Conventions: what every package has beside its content.
    private static bool IsOfTheFormat(string name)
        => name is "[Content_Types].xml" or "PyStack.nuspec" || name.StartsWith("_rels/", StringComparison.Ordinal) || name.StartsWith("package/", StringComparison.Ordinal);

    private static bool IsOwn(string name) => !name.EndsWith(".dll", StringComparison.Ordinal) || name.StartsWith("PyStack.", StringComparison.Ordinal);

    private static JsonObject FileOf(ZipArchiveEntry entry)
    {
        using Stream content = entry.Open();
        return new JsonObject { ["type"] = "file", ["bom-ref"] = entry.FullName, ["name"] = entry.FullName, ["hashes"] = Hash("SHA-256", Convert.ToHexStringLower(SHA256.HashData(content))) };
    }

    private static JsonObject Component(ShippedLibrary library, JsonArray files) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = library.PackageUrl,
        ["authors"] = new JsonArray(new JsonObject { ["name"] = library.Authors }),
        ["name"] = library.Id,
        ["version"] = library.Version,
        ["hashes"] = Hash("SHA-512", library.Sha512),
        ["licenses"] = Licence(library.Licence),
        ["copyright"] = library.Copyright,
        ["purl"] = library.PackageUrl,
        ["components"] = files,
    };

    private static JsonArray Hash(string algorithm, string value) => new(new JsonObject { ["alg"] = algorithm, ["content"] = value });

    private static JsonArray Licence(string expression) => new(new JsonObject { ["expression"] = expression });

    private static JsonObject Dependency(string reference, IEnumerable<ShippedLibrary> on)
        => new() { ["ref"] = reference, ["dependsOn"] = new JsonArray([.. on.Select(library => (JsonNode)library.PackageUrl)]) };
}
