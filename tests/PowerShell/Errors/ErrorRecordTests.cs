using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Errors;

public sealed class ErrorRecordTests
{
    private static ErrorRecord RecordOf(Exception exception)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => throw exception);
        Assert.Empty(shell.Run("Get-PyStack 112"));
        return Assert.Single(shell.Errors);
    }

    // By name: the names are what must never change.
    [Theory]
    [InlineData("ProcessNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("AccessDenied", ErrorCategory.PermissionDenied)]
    [InlineData("AlreadyTraced", ErrorCategory.ResourceBusy)]
    [InlineData("NotPython", ErrorCategory.InvalidType)]
    [InlineData("UnsupportedPython", ErrorCategory.NotImplemented)]
    [InlineData("InterpreterNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("NoPythonStack", ErrorCategory.InvalidResult)]
    [InlineData("ProcessExited", ErrorCategory.ResourceUnavailable)]
    [InlineData("CoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("InvalidCore", ErrorCategory.InvalidData)]
    [InlineData("TruncatedCore", ErrorCategory.InvalidData)]
    [InlineData("ExecutableNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("CannotRead", ErrorCategory.ReadError)]
    [InlineData("NotResponding", ErrorCategory.OperationTimeout)]
    [InlineData("InvalidArgument", ErrorCategory.InvalidArgument)]
    public void An_engine_error_is_a_record_with_its_name_target_and_way_out(string name, ErrorCategory category)
    {
        ErrorRecord record = RecordOf(new EngineException(Enum.Parse<EngineError>(name), "It went wrong", "Do this"));
        Assert.StartsWith(name + ",", record.FullyQualifiedErrorId);
        Assert.Equal(category, record.CategoryInfo.Category);
        Assert.Equal(112, record.TargetObject);
        Assert.Equal("It went wrong.", record.ToString());
        Assert.Equal("Do this.", record.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Every_engine_error_has_a_category() => Assert.All(
        Enum.GetValues<EngineError>(),
        error => Assert.NotEqual(
            ErrorCategory.NotSpecified,
            ErrorRecords.From(new EngineException(error, "m", "a"), 1).CategoryInfo.Category));

    [Fact]
    public void An_unexpected_exception_becomes_a_record_that_asks_to_report_it()
    {
        ErrorRecord record = RecordOf(new InvalidOperationException("boo\x1b"));
        Assert.StartsWith("CannotRead,", record.FullyQualifiedErrorId);
        Assert.Equal(@"Cannot read 112: unexpected InvalidOperationException: boo\x1b.", record.ToString());
        Assert.Contains("report", record.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Control_characters_in_a_message_are_written_out()
        => Assert.Equal(@"\x1b[2J.", RecordOf(new EngineException(EngineError.NotPython, "\x1b[2J", "x")).ToString());

    [Fact]
    public void No_part_of_a_record_shows_what_could_drive_a_terminal()
    {
        const string Path = "/tmp/x\x1b]0;y\a\u202e\u200b";
        Exception inner = new AggregateException(new System.IO.FileNotFoundException("not found: " + Path, Path));
        foreach (Exception one in (Exception[])[new EngineException(EngineError.CannotRead, "no " + Path, "do " + Path, inner), new InvalidOperationException("no " + Path, inner), inner])
        {
            ErrorRecord record = ErrorRecords.From(one, Path);
            string[] texts = [record.ToString(), record.Exception.ToString(), record.CategoryInfo.ToString(), record.ErrorDetails.RecommendedAction, (string)record.TargetObject];
            Assert.All(texts, text => Assert.DoesNotContain(text, c => c != '\n' && TerminalText.IsUnsafe(c)));
            Assert.Contains(@"\x1b]0;y\x07\u202e\u200b", record.Exception.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_exception_that_can_be_shown_is_the_records_own()
    {
        var one = new EngineException(EngineError.NotPython, "no", "no", new InvalidOperationException("é"));
        Assert.Same(one, ErrorRecords.From(one, "x").Exception);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void An_id_that_no_process_can_have_is_not_found(int id)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => throw new InvalidOperationException("The engine must not be asked."));
        shell.Run($"Get-PyStack ({id})");
        ErrorRecord record = Assert.Single(shell.Errors);
        Assert.StartsWith("ProcessNotFound,", record.FullyQualifiedErrorId);
        Assert.Equal($"No such process id: {id}.", record.ToString());
        Assert.Equal(id, record.TargetObject);
    }

    [Fact]
    public void Every_sentence_ends_with_a_full_stop()
    {
        ErrorRecord[] records =
        [
            .. Enum.GetValues<EngineError>().Select(error => ErrorRecords.From(new EngineException(error, "It went wrong", "Do this"), 1)),
            ErrorRecords.From(new InvalidOperationException("boo"), 1),
            ErrorRecords.From(ErrorRecords.NoSuchProcess(0), 0),
            ErrorRecords.From(ErrorRecords.NoSuchName("a"), "a"),
            ErrorRecords.From(ErrorRecords.InvalidPattern("a["), "a["),
            ErrorRecords.ExclusiveSwitches("-NativeLast", "-Native"),
            ErrorRecords.ExclusiveSearches(),
        ];
        Assert.All(records, record => Assert.All((string[])[record.ToString(), record.Exception is InvalidOperationException ? "." : record.Exception.Message, record.ErrorDetails.RecommendedAction], text => Assert.Matches(@"(^|[^.])\.$", text)));
    }

    [Theory]
    [InlineData("try { Get-PyStack 112 -ErrorAction Stop } catch [PyStack.EngineException] { $_.Exception.Error; $_.Exception.RecommendedAction }")]
    [InlineData("$ErrorActionPreference = 'Stop'; try { Get-PyStack 112 } catch [System.IO.IOException] { 'no' } catch [PyStack.EngineException] { $_.Exception.Error; $_.ErrorDetails.RecommendedAction }")]
    [InlineData("Get-PyStack 112 -ErrorAction SilentlyContinue -ErrorVariable e; if ($e[0].Exception -is [PyStack.EngineException] -and $e[0].Exception.Error -eq 'AccessDenied') { [PyStack.EngineError]::AccessDenied; $e[0].Exception.RecommendedAction }")]
    public void A_script_catches_the_exception_by_its_type(string script)
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => throw new EngineException(EngineError.AccessDenied, "It is another user's", "Become root"));
        Assert.Equal(["AccessDenied", "Become root."], shell.Run(script).Select(one => one.ToString()));
    }

    [Fact]
    public void One_targets_failure_does_not_end_the_pipeline()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(id => id == 2
            ? throw new EngineException(EngineError.NotPython, "no", "no")
            : [Samples.Thread("", [], processId: id)]);
        Assert.Equal([1, 3, 4], shell.Run("1, 2, 3 | Get-PyStack; Get-PyStack 2, 4").Select(o => o.Properties["ProcessId"].Value));
        Assert.Equal([2, 2], shell.Errors.Select(e => e.TargetObject));
    }

    [Fact]
    public void ErrorAction_Stop_ends_the_pipeline()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => throw new EngineException(EngineError.NotPython, "no", "no"));
        var stop = Assert.Throws<ActionPreferenceStopException>(() => shell.Run("1, 2 | Get-PyStack -ErrorAction Stop"));
        Assert.Equal(1, stop.ErrorRecord.TargetObject);
    }

    [Fact]
    public void What_a_consumer_throws_is_not_taken_for_ours()
    {
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => [Samples.Thread()]);
        var thrown = Assert.Throws<RuntimeException>(() => shell.Run("Get-PyStack 1 | ForEach-Object { throw 'mine' }"));
        Assert.Equal("mine", thrown.ErrorRecord.ToString());
    }
}
