using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using PyStack.TestSupport;
using PyStack.TestSupport.Toolchains;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>The machine's compiler and binutils: they make the files of the tests, and say independently of us what is in them.</summary>
internal static class Toolchain
{
    /// <summary>
    /// A library with one of everything: an exported function and variable, a static variable, a read-only one, a large <c>.bss</c>, a
    /// section of its own and an import.
    /// </summary>
    public const string Library = """
        __attribute__((section(".PyRuntime"), used)) int _PyRuntime[6] = { 7, 8, 9 };
        static int hidden_counter = 3;
        __thread int per_thread = 4;
        int zeroed[5000];
        const int constant = 5;
        extern int puts(const char *text);
        int count(void) { return hidden_counter++ + per_thread; }
        int say(void) { return puts("said"); }
        """;

    /// <summary>A <see cref="ReportingProgram"/> that says where its variables and functions are.</summary>
    public const string Program = """
        #include <stdio.h>
        int exported_data[3] = { 1, 2, 3 };
        static int hidden_data = 4;
        static int zeroed_data[5000];
        int exported_function(void) { return hidden_data + zeroed_data[7]; }
        int main(void)
        {
            printf("exported_data %lx\nhidden_data %lx\nzeroed_data %lx\nexported_function %lx\n.\n",
                   (long)exported_data, (long)&hidden_data, (long)zeroed_data, (long)exported_function);
            fflush(stdout);
            getchar();
            return exported_function();
        }
        """;

    /// <summary>A <see cref="ReportingProgram"/> that loads a library and says where the loader finds the names that follow.</summary>
    public const string Loader = """
        #include <dlfcn.h>
        #include <stdio.h>
        int main(int argc, char **argv)
        {
            void *library = dlopen(argv[1], RTLD_LAZY);
            for (int i = 2; i < argc; i++)
                printf("%s %lx\n", argv[i], library ? (long)dlsym(library, argv[i]) : 0L);
            printf(".\n");
            fflush(stdout);
            getchar();
            return 0;
        }
        """;

    /// <summary>How gdb is started, before the file: with no settings of the user, nothing from the network, and what it has once indexed found again by the build-id.</summary>
    public static IReadOnlyList<string> QuietGdb { get; } =
    [
        "-q", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set auto-load off",
        "-iex", $"set index-cache directory {Directory.CreateDirectory(Path.Combine(Repository.Cache, "gdb")).FullName}", "-iex", "set index-cache enabled on",
    ];

    /// <summary>Runs a tool and gives what it prints. A machine without the tool skips the test.</summary>
    public static string Run(string tool, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{tool} is not installed");
        }

        using (process)
        {
            System.Threading.Tasks.Task<string> errors = process!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', start.ArgumentList)}: {errors.Result}");
            return output;
        }
    }

    /// <summary>
    /// Compiles a C source once on this machine; the options say into what. Gives the path of the result, which no test may change: what one
    /// strips or rewrites it makes by <see cref="Compile"/>, and gets a build-id that is its own.
    /// </summary>
    public static string Shared(string name, string source, params IReadOnlyList<string> options)
        => BuildCache.Get(name, "gcc", [source, .. options], folder => Compile(folder, name, source, options));

    /// <summary>The same of a file of <c>tests/Programs</c>, by another compiler; the options come before <c>-o</c>.</summary>
    public static string SharedBy(string compiler, string name, string program, params IReadOnlyList<string> options)
    {
        string source = Programs.PathOf(program);
        return BuildCache.Get(name, compiler, [File.ReadAllText(source), .. options], folder =>
        {
            // A copy beside it: the debug information names it, and this work tree may go.
            string copy = Path.Combine(folder, program);
            File.Copy(source, copy);
            Run(compiler, [.. options, "-o", Path.Combine(folder, name), copy]);
        });
    }

    /// <summary>Compiles a C source in the test's own folder; the options say into what. Gives the path of the result.</summary>
    public static string Compile(string folder, string name, string source, params IEnumerable<string> options)
    {
        string path = Path.Combine(folder, name);
        string sourcePath = path + ".c";
        File.WriteAllText(sourcePath, source);
        Run("gcc", ["-O1", .. options, "-o", path, sourcePath]);
        return path;
    }

    /// <summary>
    /// The interpreters and libraries of the machine: every pyenv libpython, the system's python3 and a library that .NET itself
    /// brings, so that there is always one.
    /// </summary>
    public static TheoryData<string> RealFiles()
    {
        TheoryData<string> files = RealLibraries();
        string system = "/usr/bin/python3";
        if (File.Exists(system))
        {
            files.Add(File.ResolveLinkTarget(system, returnFinalTarget: true)?.FullName ?? system);
        }

        return files;
    }

    /// <summary>Those of <see cref="RealFiles"/> that a program can load.</summary>
    public static TheoryData<string> RealLibraries()
    {
        TheoryData<string> files = [Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so")];
        string versions = Path.Combine(Environment.GetEnvironmentVariable("PYENV_ROOT") ?? "/nowhere", "versions");
        if (Directory.Exists(versions))
        {
            foreach (string library in Directory.EnumerateFiles(versions, "libpython*.so.1.0", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                MaxRecursionDepth = 2,
            }))
            {
                files.Add(library);
            }
        }

        return files;
    }
}
