using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>All that our reader finds in the files of each interpreter is what ELFSharp finds, a reader that others have written.</summary>
public sealed class ElfSharpTests
{
    public static TheoryData<string> Executables => [.. InterpreterSet.All.Select(one => one.Executable).Distinct()];

    [Theory]
    [MemberData(nameof(Executables))]
    public void An_interpreters_program_libraries_and_extension_modules_are_read_as_ELFSharp_reads_them(string executable)
        => CompareAll([executable, .. Libraries(executable), .. ExtensionModules(executable)]);

    [Fact]
    public void Separate_debug_files_are_read_as_ELFSharp_reads_them()
    {
        string[] files =
        [
            .. Files(Path.Combine(Repository.Cache, "pythons"), "*.debug"),
            .. Files("/usr/lib/debug/.build-id", "*.debug").Take(100),
        ];
        Assert.SkipWhen(files.Length == 0, "there are no separate debug files");
        CompareAll(files);
    }

    private static void CompareAll(IEnumerable<string> files)
        => Parallel.ForEach(files.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, ElfSharpComparison.Compare);

    // In the folder lib of the same prefix, or in Debian's folder for the processor.
    private static IEnumerable<string> Libraries(string executable)
        => ((string[])[Prefix(executable, "lib"), Prefix(executable, "lib/x86_64-linux-gnu"), Prefix(executable, "lib/aarch64-linux-gnu")])
            .SelectMany(folder => Files(folder, "libpython*.so*", depth: 0));

    private static IEnumerable<string> ExtensionModules(string executable)
    {
        Interpreter interpreter = InterpreterSet.All.First(one => one.Executable == executable);
        return Directory.Exists(Prefix(executable, "lib"))
            ? Directory.GetDirectories(Prefix(executable, "lib"), $"python{interpreter.Major}.{interpreter.Minor}*").SelectMany(folder => Files(folder, "*.so"))
            : [];
    }

    private static string Prefix(string executable, string folder) => Path.Combine(Path.GetDirectoryName(executable)!, "..", folder);

    private static IEnumerable<string> Files(string folder, string pattern, int depth = 16) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, pattern, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = depth, AttributesToSkip = FileAttributes.ReparsePoint })
            .Order(StringComparer.Ordinal);
}
