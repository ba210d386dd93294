using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>The files of this machine's interpreters: those with debug information, and those with debug offsets.</summary>
internal static partial class LocalInterpreters
{
    /// <summary>What a theory gets where there is no file at all, so that it can say so.</summary>
    public const string None = "none";

    private static string Cache => Path.Combine(
        Environment.GetEnvironmentVariable("PYSTACK_CACHE") is { Length: > 0 } set ? set : Path.Combine(Repository.Root, ".cache"), "pythons");

    [GeneratedRegex(@"(?:python|^)([23])\.(\d+)")]
    private static partial Regex Series();

    /// <summary>Series ("3.12") and file: pyenv's libraries, Debian's debug builds and separate debug information.</summary>
    public static TheoryData<string, string> WithDebugInformation()
    {
        TheoryData<string, string> files = [];
        foreach (string library in PyenvLibraries())
        {
            Add(files, library, Path.GetFileName(library));
        }

        foreach (string[] row in CacheRows())
        {
            string file = row[6] != "-" ? row[6] : row[0].EndsWith('d') ? Path.Combine(row[3], row[4]) : "";
            if (file.Length > 0)
            {
                Add(files, Path.Combine(Cache, file), row[0]);
            }
        }

        return OrNone(files);
    }

    /// <summary>Version ("3.14.2") and ELF file of everything from 3.13 on.</summary>
    public static TheoryData<string, string> WithDebugOffsets()
    {
        TheoryData<string, string> files = [];
        foreach (string library in PyenvLibraries())
        {
            string version = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(library)!)!);
            if (HasDebugOffsets(version))
            {
                files.Add(version, library);
            }
        }

        foreach (string[] row in CacheRows())
        {
            if (HasDebugOffsets(row[0]))
            {
                files.Add(row[1], Path.Combine(Cache, row[3] == "-" ? "" : row[3], row[4]));
            }
        }

        return OrNone(files);
    }

    public static void SkipIfNone(string file)
        => Assert.SkipWhen(file == None, "No such interpreter: none under $PYENV_ROOT/versions, and none of tests/pythons.sh.");

    private static IEnumerable<string> PyenvLibraries()
    {
        string versions = Path.Combine(Environment.GetEnvironmentVariable("PYENV_ROOT") ?? "/nowhere", "versions");
        return Directory.Exists(versions)
            ? Directory.EnumerateFiles(versions, "libpython*.so.1.0", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            : [];
    }

    // name, version, suite, root, executable, wrapper, debug file: see tests/pythons.sh
    private static IEnumerable<string[]> CacheRows()
    {
        string table = Path.Combine(Cache, "pythons.tsv");
        foreach (string line in File.Exists(table) ? File.ReadAllLines(table) : [])
        {
            yield return line.Split('\t');
        }
    }

    private static void Add(TheoryData<string, string> files, string path, string name)
    {
        if (Series().Match(name) is { Success: true } match)
        {
            files.Add($"{match.Groups[1].Value}.{match.Groups[2].Value}", path);
        }
    }

    private static bool HasDebugOffsets(string name)
        => Series().Match(name) is { Success: true } match && match.Groups[1].Value == "3" && int.Parse(match.Groups[2].Value) >= 13;

    private static TheoryData<string, string> OrNone(TheoryData<string, string> files)
    {
        if (((IReadOnlyCollection<ITheoryDataRow>)files).Count == 0)
        {
            files.Add(None, None);
        }

        return files;
    }
}
