using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class FormatPyStackTests
{
    private const string Threads =
        """
        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        Traceback for thread 112 [] (most recent call last):
            (Python) File "/test.py", line 17, in <module>
                first_func()
            (Python) File "/test.py", line 6, in first_func
                second_func()
            (Python) File "/test.py", line 10, in second_func
                third_func()
            (Python) File "/test.py", line 14, in third_func
                time.sleep(1000)

        Traceback for thread 112 (worker-1) [] (most recent call last):
            (Python) File "a.py", line 1, in f
              Arguments:
                b: 1
                a: 2


        Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        The frame stack for thread 140 is empty

        """;

    private static readonly PyThread[] Samples =
    [
        Tests.Samples.Tutorial,
        Tests.Samples.Thread("", [new PyFrame { ProcessId = 112, ThreadId = 112, Index = 0, Function = "f", File = "a.py", Line = 1, Arguments = new() { ["b"] = "1", ["a"] = "2" } }]),
        Tests.Samples.Thread("", [], processId: 140),
    ];

    private static string Lines(IEnumerable<PSObject> output) => string.Join('\n', output.Select(line => Assert.IsType<string>(line.BaseObject)));

    [Theory]
    [InlineData("$input | Format-PyStack")]
    [InlineData("Format-PyStack $threads")]
    [InlineData("Format-PyStack -InputObject (@($null) + $threads)")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($threads, 5)) | Format-PyStack")]
    public void Threads_are_strings_of_whole_lines_below_one_line_for_each_process(string script)
    {
        using var shell = new EmbeddedShell();
        foreach (PyThread thread in Samples)
        {
            SerializedForm.KeepOrder(thread.Frames);
        }

        shell.Set("threads", Samples);
        Assert.Equal(Threads.ReplaceLineEndings("\n"), Lines(shell.Run(script, [.. Samples])));
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public void A_line_is_as_long_as_it_is()
    {
        using var shell = new EmbeddedShell(new RecordingHost(40));
        string path = "/" + new string('x', 5000);
        Assert.Contains($"    (Python) File \"{path}\", line 1, in f", shell.Run("$input | Format-PyStack", Tests.Samples.Thread(Tests.Samples.Frame("f", path, 1))).Select(line => line.ToString()));
    }

    [Fact]
    public void What_is_no_stack_is_an_error_and_the_others_are_written()
    {
        using var shell = new EmbeddedShell();
        Assert.NotEmpty(shell.Run("$input | Format-PyStack", "text\x1b", Tests.Samples.Process(1, "x"), Samples[2]));
        Assert.Equal(["An object of the type String is not a stack.", "An object of the type PyProcess is not a stack."], shell.Errors.Select(error => error.ToString()));
        Assert.All(shell.Errors, error => Assert.Equal("InvalidArgument,PyStack.FormatPyStackCommand", error.FullyQualifiedErrorId));
        Assert.All(shell.Errors, error => Assert.StartsWith("Pipe the objects of Get-PyStack", error.ErrorDetails.RecommendedAction));
    }

    /// <summary>As <c>Import-Csv</c> gives them, and <c>ConvertFrom-Json</c> those that were written with a depth of 1.</summary>
    [Theory]
    [InlineData("'main (app.py:17) > first (app.py:6)'")]
    [InlineData("''")]
    [InlineData("@('main (app.py:17)')")]
    public void Frames_that_are_text_are_an_error_and_no_frames_are_made_of_them(string frames)
    {
        using var shell = new EmbeddedShell();
        Assert.Empty(shell.Run($"[pscustomobject]@{{ ProcessId = '112'; ThreadId = '112'; Frames = {frames} }} | Format-PyStack"));
        ErrorRecord error = Assert.Single(shell.Errors);
        Assert.Equal("InvalidArgument,PyStack.FormatPyStackCommand", error.FullyQualifiedErrorId);
        Assert.Contains("text only", error.ToString());
        Assert.Contains("Export-Clixml or with ConvertTo-Json -Depth 4", error.ErrorDetails.RecommendedAction);
    }
}
