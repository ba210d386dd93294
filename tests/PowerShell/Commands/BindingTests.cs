using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class BindingTests
{
    private readonly ConcurrentQueue<int> _captured = new();

    private int[] CapturedBy(string script, params object[] input)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(id =>
        {
            _captured.Enqueue(id);
            return [Samples.Thread("", [], processId: id)];
        });
        shell.Run(script, input);
        Assert.Empty(shell.Errors);
        return [.. _captured];
    }

    [Fact]
    public void Process_objects_bind_by_their_id()
    {
        using var self = Process.GetCurrentProcess();
        Assert.Equal([self.Id], CapturedBy("$input | Get-PyStack", self));
    }

    [Fact]
    public void A_deserialized_process_binds_by_its_id()
    {
        using var self = Process.GetCurrentProcess();
        object copy = PSSerializer.Deserialize(PSSerializer.Serialize(self, 1));
        Assert.Equal([self.Id], CapturedBy("$input | Get-PyStack", copy));
    }

    [Theory]
    [InlineData("112, 140 | Get-PyStack")]
    [InlineData("'112', '140' | Get-PyStack")]
    [InlineData("' 112', '140 ' | Get-PyStack")]
    [InlineData("'112', '140' | Get-PyStack -NoBlock")]
    [InlineData("'112', '140' | Get-PyStack -IncludeChildren")]
    [InlineData("Get-PyStack 112, 140")]
    [InlineData("Get-PyStack -Id 112, 140")]
    [InlineData("Get-PyStack -ProcessId 112, 140")]
    [InlineData("Get-PyStack -PID 112, 140")]
    [InlineData("[pscustomobject]@{ Id = 112 }, [pscustomobject]@{ Id = 140 } | Get-PyStack")]
    [InlineData("[pscustomobject]@{ ProcessId = 112, 140 } | Get-PyStack")]
    [InlineData("[pscustomobject]@{ PID = '112' }, [pscustomobject]@{ PID = 140L } | Get-PyStack")]
    public void Numbers_text_and_properties_bind(string script) => Assert.Equal([112, 140], CapturedBy(script));

    [Fact]
    public void Threads_and_frames_bind_by_their_process_id()
        => Assert.Equal([140, 112], CapturedBy("$input | Get-PyStack", Samples.Thread("", [], processId: 140), Samples.Frame("f", null, 1)));

    [Fact]
    public void A_process_that_is_named_twice_is_looked_at_once()
        => Assert.Equal([112, 140], CapturedBy("112, 140, 112 | Get-PyStack; @() | Get-PyStack"));

    [Fact]
    public void A_second_call_looks_again() => Assert.Equal([112, 112], CapturedBy("Get-PyStack 112; Get-PyStack 112"));

    [Fact]
    public void Threads_come_out_one_by_one_in_the_engines_order()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(id =>
            [Samples.Thread("a", [], processId: id), Samples.Thread("b", [], processId: id)]);
        Assert.Equal(["1a", "1b", "2a", "2b"], shell.Run("1, 2 | Get-PyStack | ForEach-Object { \"$($_.ProcessId)$($_.Status)\" }").Select(o => o.ToString()));
    }

    [Theory]
    [InlineData("Get-PyStack 5", false)]
    [InlineData("Get-PyStack 5 -NoBlock", true)]
    [InlineData("Get-PyStack 5 -NoBlock:$false", false)]
    public void NoBlock_reaches_the_engine(string script, bool expected)
    {
        bool? noBlock = null;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, options, _, _) =>
            {
                noBlock = options.NoBlock;
                return [];
            },
        });
        shell.Run(script);
        Assert.Equal(expected, noBlock);
    }

    [Theory]
    [InlineData("Get-PyStack 5", false)]
    [InlineData("Get-PyStack 5 -NoBlock -Exhaustive", true)]
    public void Exhaustive_reaches_the_engine(string script, bool expected)
    {
        bool? exhaustive = null;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, options, _, _) =>
            {
                exhaustive = options.Exhaustive;
                return [];
            },
        });
        shell.Run(script);
        Assert.Equal(expected, exhaustive);
    }

    [Theory]
    [InlineData("Get-PyStack 5", "None")]
    [InlineData("Get-PyStack 5 -Native", "Merged")]
    [InlineData("Get-PyStack 5 -NativeAll", "AllThreads")]
    [InlineData("Get-PyStack 5 -Native -NativeAll", "AllThreads")]
    [InlineData("Get-PyStack 5 -NativeLast", "Last")]
    [InlineData("Get-PyStack -Id 5 -NoBlock -NativeAll -Exhaustive", "AllThreads")]
    public void The_native_switches_reach_the_engine(string script, string expected)
    {
        string? native = null;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, options, _, _) =>
            {
                native = options.Native.ToString();
                return [];
            },
        });
        shell.Run(script);
        Assert.Equal(expected, native);
    }

    [Theory]
    [InlineData("Get-PyStack 5", "")]
    [InlineData("Get-PyStack 5 -NoRedact -MaxValueLength 3", "")]
    [InlineData("Get-PyStack 5 -Locals", "80 True ")]
    [InlineData("Get-PyStack 5 -Variables", "80 True ")]
    [InlineData("Get-PyStack 5 -Locals -NoRedact -MaxValueLength 0", "0 False ")]
    [InlineData("Get-PyStack 5 -Locals -RedactName iban, customer_id -NoBlock", "80 True iban,customer_id")]
    public void The_switches_of_variables_reach_the_engine(string script, string expected)
    {
        string? locals = null;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, options, _, _) =>
            {
                locals = options.Locals is { } values ? $"{values.MaxLength} {values.IsRedacted} {string.Join(',', values.SecretWords ?? [])}" : "";
                return [];
            },
        });
        shell.Run(script);
        Assert.Empty(shell.Errors);
        Assert.Equal(expected, locals);
    }

    [Theory]
    [InlineData("try { Get-PyStack 5 -NativeLast -Native } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }")]
    [InlineData("try { 5, 6 | Get-PyStack -NativeLast -NativeAll } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }")]
    public void The_last_native_frames_exclude_the_others(string script)
    {
        object[] output = [.. CapturedOutput(script)];
        Assert.Empty(_captured);
        Assert.Equal(2, output.Length);
        Assert.StartsWith("ExclusiveSwitches,", output[0].ToString());
        Assert.StartsWith("Leave out -NativeLast", output[1].ToString());
    }

    private object[] CapturedOutput(string script)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(id =>
        {
            _captured.Enqueue(id);
            return [];
        });
        return [.. shell.Run(script)];
    }

    [Theory]
    [InlineData("'/tmp/core.1', './core.2' | Get-PyStack", "/tmp/core.1 /core.2")]
    [InlineData("'/tmp/core.1', '5', '/tmp/core.2' | Get-PyStack", "/tmp/core.1 /tmp/core.2")]
    [InlineData("'/tmp/core.1' | Get-PyStack -Native -LibrarySearchRoot /", "/tmp/core.1")]
    [InlineData("[IO.FileInfo]'/tmp/core.1' | Get-PyStack", "/tmp/core.1")]
    [InlineData("Get-PyStack -Path ([IO.FileInfo]'/tmp/core.1'), '/tmp/core.2'", "/tmp/core.1 /tmp/core.2")]
    [InlineData("Get-PyStack -Path /tmp/112", "/tmp/112")]
    public void Text_that_is_no_number_is_the_path_of_a_core(string script, string expected)
    {
        var engine = new FakeEngine { Capture = (_, _, _, _) => [] };
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", engine);
        shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation('/'); " + script);
        Assert.Empty(shell.Errors);
        Assert.Equal(expected, string.Join(' ', engine.Cores));
    }

    [Fact]
    public void Text_that_is_no_file_either_is_told_how_names_are_given()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => []);
        shell.Run("'python3' | Get-PyStack");
        ErrorRecord error = Assert.Single(shell.Errors);
        Assert.StartsWith("CoreNotFound,", error.FullyQualifiedErrorId);
        Assert.EndsWith("-Name: Get-PyStack -Name python3.", error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("Get-PyStack -Path /tmp/core.1 -NoBlock", "AmbiguousParameterSet")]
    [InlineData("Get-PyStack -Path /tmp/core.1 -IncludeChildren", "AmbiguousParameterSet")]
    [InlineData("Get-PyStack -Name python3 -Id 5", "AmbiguousParameterSet")]
    [InlineData("Get-PyStack -Id 5 -Executable /bin/sh", "AmbiguousParameterSet")]
    public void What_has_no_effect_with_a_core_or_a_process_cannot_be_given(string script, string error)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => []);
        shell.Run(script);
        Assert.StartsWith(error + ",", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("Get-PyStack 5 -MaxValueLength 5 -NoRedact -RedactName x", "-MaxValueLength has no effect without -Locals.|-NoRedact has no effect without -Locals.|-RedactName has no effect without -Locals.")]
    [InlineData("Get-PyStack 5 -Locals -NoRedact -RedactName x", "-RedactName has no effect with -NoRedact.")]
    [InlineData("Get-PyStack 5 -Locals -MaxValueLength 5 -RedactName x", "")]
    [InlineData("$PSDefaultParameterValues = @{ 'Get-PyStack:RedactName' = 'x' }; Get-PyStack 5", "")]
    [InlineData("5, 6 | Get-PyStack -MaxValueLength 5", "-MaxValueLength has no effect without -Locals.")]
    public void A_parameter_without_the_switch_that_it_belongs_to_is_a_warning(string script, string expected)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => []);
        shell.Run(script);
        Assert.Equal(expected, string.Join('|', shell.Streams.Warning.Select(one => one.Message)));
    }
}
