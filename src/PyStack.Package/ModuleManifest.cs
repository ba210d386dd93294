using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;

namespace PyStack.Package;

/// <summary>The data of a module's manifest that its package needs.</summary>
/// <param name="Version">Such as <c>1.2.3</c>.</param>
/// <param name="Prerelease">The label of a version that is not the final one, such as <c>preview1</c>; empty for a final one.</param>
/// <param name="Cmdlets">The exported cmdlets by name.</param>
/// <param name="Tags">Search words, without blanks.</param>
public sealed record ModuleManifest(
    string Version,
    string Prerelease,
    string Author,
    string CompanyName,
    string Copyright,
    string Description,
    IReadOnlyList<string> Cmdlets,
    IReadOnlyList<string> Tags,
    string ProjectUri,
    string LicenseUri,
    string IconUri,
    string ReleaseNotes)
{
    /// <summary>Such as <c>1.2.3</c> or <c>1.2.3-preview1</c>.</summary>
    public string PackageVersion => Prerelease.Length == 0 ? Version : $"{Version}-{Prerelease}";

    /// <summary>Reads a <c>.psd1</c> file without running it.</summary>
    /// <exception cref="FormatException">It is not a data file, or lacks something that the gallery requires.</exception>
    public static ModuleManifest Read(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw new FormatException($"there is no file {path}");
        }

        ScriptBlockAst script = Parser.ParseFile(path, out _, out ParseError[] errors);
        if (errors.Length > 0 || script.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)?.SafeGetValue() is not Hashtable manifest)
        {
            throw new FormatException("it is not a PowerShell data file");
        }

        Hashtable data = Table(Table(manifest, "PrivateData"), "PSData");
        return new ModuleManifest(
            Text(manifest, "ModuleVersion"),
            Label(data),
            Text(manifest, "Author"),
            Text(manifest, "CompanyName"),
            Text(manifest, "Copyright"),
            Text(manifest, "Description"),
            List(manifest, "CmdletsToExport"),
            List(data, "Tags"),
            Text(data, "ProjectUri"),
            Text(data, "LicenseUri"),
            Text(data, "IconUri"),
            Text(data, "ReleaseNotes"));
    }

    private static Hashtable Table(Hashtable from, string key) => from[key] as Hashtable ?? throw Missing(key);

    private static string Text(Hashtable from, string key) => from[key] is string { Length: > 0 } text ? text : throw Missing(key);

    // As PowerShell's own publishing takes it: it goes before all others of its version, and is compared as text.
    private static string Label(Hashtable data) => (data["Prerelease"] as string ?? "") is var label && label.All(char.IsAsciiLetterOrDigit)
        ? label
        : throw new FormatException($"Prerelease is '{data["Prerelease"]}', and may have letters and digits only");

    private static string[] List(Hashtable from, string key)
        => from[key] is object[] { Length: > 0 } items ? Array.ConvertAll(items, item => item as string ?? throw Missing(key)) : throw Missing(key);

    private static FormatException Missing(string key) => new($"{key} is missing or empty");
}
