using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.TestSupport;
using Xunit;


namespace PyStack.Tests.Host;

/// <summary>The host as one executable, for machines that have neither .NET nor pwsh.</summary>
public sealed class OneFileTests(OneFileTests.PublishedHost published) : IClassFixture<OneFileTests.PublishedHost>
{
    /// <summary>The README's command, once for all tests of this class; it takes a minute.</summary>
    public sealed class PublishedHost : IDisposable
    {
        public PublishedHost()
        {
            string rid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
            DotnetRun.Run(
                "publish", Path.Combine(Repository.Root, "src", "PyStack.Host"), "-r", rid, "--self-contained",
                "--configuration", ModuleFiles.Configuration, "--output", Folder.Path);
        }

        public TemporaryFolder Folder { get; } = new();

        public void Dispose() => Folder.Dispose();
    }

    [Fact]
    public void It_is_one_executable()
    {
        string file = Assert.Single(Directory.GetFileSystemEntries(published.Folder.Path));
        Assert.Equal("pystack-host", Path.GetFileName(file));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void It_takes_a_stack_where_there_is_only_libc_and_what_DotNet_needs()
    {
        Namespaces.SkipWithout();
        using var root = new TemporaryFolder();
        File.Copy(Path.Combine(published.Folder.Path, "pystack-host"), Path.Combine(root.Path, "pystack-host"));
        string[] commands =
        [
            "Get-PyStack -Id TARGET -Locals -Native | ForEach-Object Frames | Where-Object Kind -EQ Python | ForEach-Object { \"$($_.Function) $($_.Line) $($_.SourceLine)\" }",
            "Get-PyProcess -Id TARGET | ForEach-Object Implementation",
            "Get-PyStack -Id 999999",
            "(Get-Help Get-PyStack).Synopsis; (Get-Module PyStack).Version.ToString(); (Get-Help about_PyStack) -split '\n' | Select-Object -First 1",
            "Get-PyStack -Id TARGET | ForEach-Object Frames | Export-Csv /tmp/frames.csv; (Import-Csv /tmp/frames.csv)[-1].Function; 1..2 | ForEach-Object -Parallel { (Get-PyStack TARGET).Frames[-1].Function }",
        ];
        string here = Path.Combine(Repository.Root, "tests", "PowerShell");
        ProcessStartInfo start = TestSupport.Targets.Commands.Quiet(
            [.. Namespaces.New, "sh", Path.Combine(here, "Host", "one-file.sh"), root.Path, Path.Combine(here, "Host", "waiting.py"), .. commands]);
        start.Environment.Remove("DOTNET_ROOT");
        start.Environment["HOME"] = "/tmp";
        (string output, string error, _) = ProcessRun.Run(start, TimeSpan.FromMinutes(2));
        Assert.True(output.StartsWith("files: ", StringComparison.Ordinal), output + error);
        string[] lines = output.Split('\n');
        string[] files = lines[0]["files: ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "pystack-host"],
            files.Where(name => !name.StartsWith("ld-linux", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "<module> 21 first_func(4711, \"hush\")",
                "first_func 8     second_func()",
                "second_func 12     third_func()",
                "third_func 18     time.sleep(1000)",
                "CPython",
                "Gets the Python stacks of running processes and of core files.",
                typeof(PyThread).Assembly.GetName().Version!.ToString(3),
                "TOPIC",
                "third_func",
                "third_func",
                "third_func",
                // Without HOME, with one, and with one that cannot be written to.
                "start 0  pystack-host PyStack",
                "start 0 /tmp/home-0 pystack-host PyStack",
                "start 0 /read-only pystack-host PyStack",
                "start 12345  pystack-host PyStack",
                "start 12345 /tmp/home-12345 pystack-host PyStack",
                "start 12345 /read-only pystack-host PyStack",
                "called pwsh",
            ],
            lines[1..^1]);
        Assert.Contains("No such process id: 999999", error);
    }
}
