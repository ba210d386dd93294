using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class SavePyCoreTests : IClassFixture<SavePyCoreTests.Processes>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedShell _shell = new();
    private readonly Processes _processes;

    public SavePyCoreTests(Processes processes)
    {
        _processes = processes;
        _shell.Set("id", processes.One.Id);
        _shell.Set("other", processes.Other.Id);
        _shell.Set("folder", _folder.Path);
    }

    private int Id => _processes.One.Id;

    private string Core => Path.Combine(_folder.Path, "x.core");

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    private List<object> Run(string script, params object[] input)
        => [.. _shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); " + script, input).Select(one => one.BaseObject)];

    private ErrorRecord Error(string script)
    {
        Run(script);
        return Assert.Single(_shell.Errors);
    }

    private static string Functions(string path)
    {
        PyThread[] threads = CaptureCore(path);
        return string.Join(' ', Assert.Single(threads).Frames.Select(frame => frame.Function));
    }

    private static PyThread[] CaptureCore(string path)
    {
        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), Engine.Capture.StackOptions.Default, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Capture(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_core_is_written_and_its_file_returned()
    {
        FileInfo file = Assert.IsType<FileInfo>(Assert.Single(Run("Save-PyCore $id x.core")));

        Assert.Empty(_shell.Errors);
        Assert.Equal((Core, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file.FullName, File.GetUnixFileMode(Core)));
        Assert.Equal("<module> first_func second_func third_func", Functions(Core));
        Assert.InRange(file.Length, 1, 400_000);
    }

    [Fact]
    public void Each_process_has_its_own_file_by_id_and_name()
    {
        Run("$input | Save-PyCore -Path '{1}.{0}.core.zst'", Id, _processes.Other.Id, Id);

        Assert.Empty(_shell.Errors);
        string name = File.ReadAllText($"/proc/{Id}/comm").Trim();
        Assert.Equal(
            ((int[])[Id, _processes.Other.Id]).Select(id => string.Create(CultureInfo.InvariantCulture, $"{name}.{id}.core.zst")).Order(StringComparer.Ordinal),
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(_folder.Path), path => Assert.Equal("28B52FFD", Convert.ToHexString(File.ReadAllBytes(path).AsSpan(0, 4))));
        Assert.All(Directory.GetFiles(_folder.Path), path => Assert.Equal("<module> first_func second_func third_func", Functions(path)));
    }

    [Fact]
    public void Two_processes_are_not_written_into_one_file()
    {
        ErrorRecord error = Error("$id, $other | Save-PyCore -Path x.core");

        Assert.StartsWith("InvalidArgument,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("{0}", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(Id, CaptureCore(Core)[0].ProcessId);
    }

    [Theory]
        [InlineData("Save-PyCore $id x.core -Redact -Locals", "ExclusiveSwitches", "cannot be combined")]
    [InlineData("Save-PyCore $id Env:x", "InvalidArgument", "Environment provider")]
    [InlineData("Save-PyCore $id /no/such/folder/x.core", "CannotWrite", "No such file or directory")]
    [InlineData("Save-PyCore $id $folder", "CannotWrite", "is a folder")]
    [InlineData("Save-PyCore $id /dev/null", "CannotWrite", "is no regular file")]
    [InlineData("$null = [IO.File]::CreateSymbolicLink(\"$folder/link\", '/etc/none'); Save-PyCore $id link", "CannotWrite", "is a symbolic link")]
    [InlineData("[IO.File]::WriteAllText(\"$folder/x.core\", ''); Save-PyCore $id x.core -NoClobber", "CannotWrite", "exists already")]
    [InlineData("[IO.File]::WriteAllText(\"$folder/x.core\", ''); [IO.File]::SetUnixFileMode(\"$folder/x.core\", 'UserRead'); Save-PyCore $id x.core", "CannotWrite", "is read-only")]
    [InlineData("Save-PyCore 2147483647 x.core", "ProcessNotFound", "No such process id")]
    [InlineData("Save-PyCore 0 x.core", "ProcessNotFound", "No such process")]
    public void What_cannot_be_written_is_an_error_and_leaves_nothing(string script, string id, string message)
    {
        ErrorRecord error = Error(script);

        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path), path => new FileInfo(path) is { LinkTarget: null, Length: > 0 });
    }

    [Fact]
    public void Old_files_are_replaced_read_only_ones_by_Force()
    {
        File.WriteAllText(Core, "old");
        Run("Save-PyCore $id x.core -WhatIf");
        Assert.Equal("old", File.ReadAllText(Core));

        Run("Save-PyCore $id x.core");
        Assert.StartsWith("<module>", Functions(Core), StringComparison.Ordinal);

        File.WriteAllText(Core, "old");
        File.SetUnixFileMode(Core, UnixFileMode.UserRead);
        Run("Save-PyCore $id x.core -Force");
        Assert.Empty(_shell.Errors);
        Assert.StartsWith("<module>", Functions(Core), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.core")]
    [InlineData("x.core.zst")]
    public void What_is_cancelled_leaves_nothing(string name)
    {
        Engine.Saving.SavedCore core = new CoreSaving(Engine.Capture.StackOptions.Default, isRedacted: false, SilentLog.Instance, TestContext.Current.CancellationToken).Take(Id);

        Assert.Throws<OperationCanceledException>(() => CoreOutput.Write(Path.Combine(_folder.Path, name), core, isForced: false, isNew: false, new System.Threading.CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_process_without_Python_is_an_error()
    {
        using Target shell = PythonTarget.NotPython();
        _shell.Set("shell", shell.ProcessId);

        Assert.StartsWith("NotPython,", Error("Save-PyCore $shell x.core").FullyQualifiedErrorId, StringComparison.Ordinal);

        Run("Save-PyCore $shell x.core -Native");
        Assert.False(File.Exists(Core));
    }

    [Fact]
    public void Verbose_says_how_many_threads_were_stopped_and_what_was_written()
    {
        Run("Save-PyCore $id x.core -NoBlock -Verbose");

        Assert.Contains(_shell.Streams.Verbose, record => record.Message.StartsWith($"Process {Id}: 1 thread, ", StringComparison.Ordinal) && record.Message.EndsWith("; 0 were stopped for 0 µs.", StringComparison.Ordinal));
    }

    public sealed class Processes : IDisposable
    {
        internal PythonTarget One { get; } = PythonTarget.Sleeping();

        internal PythonTarget Other { get; } = PythonTarget.Sleeping();

        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }
}
