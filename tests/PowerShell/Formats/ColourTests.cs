using System.Management.Automation;
using System.Text.RegularExpressions;
using Xunit;

namespace PyStack.Tests.Formats;

public sealed partial class ColourTests
{
    private static string Coloured(PyThread thread)
        => Sequence().Replace(Traceback.Write(thread, Palette.Coloured), "<$1>");

    [GeneratedRegex("\\e\\[([0-9]+)m")]
    private static partial Regex Sequence();

    private static PSObject Style(string rendering)
    {
        var style = new PSObject();
        style.Properties.Add(new PSNoteProperty("OutputRendering", rendering));
        return style;
    }

    [Fact]
    public void Python_is_green_C_is_blue_and_functions_are_yellow() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [] (most recent call last):
            <32>(Python)<0> File "a.py", line 1, in <33>f<0>
            <34>(C)<0> File "b.c", line 2, in <33>g<0> (libc.so)
        """,
        Coloured(Samples.Thread("", [Samples.Frame("f", "a.py", 1), Samples.Native("g", "b.c", 2, "libc.so")])));

    [Theory]
    [InlineData("    return f(x)", 11, 15, "return <34>f(x)<0>")]
    [InlineData("é = Ω(漢, 😀)  # 1", 5, 18, "é = <34>Ω(漢, 😀)<0>  # 1")]
    [InlineData("    x = 1", 0, 9, "<34>x = 1<0>")]
    [InlineData("    x = 1", 8, 400, "x = <34>1<0>")]
    [InlineData("    x = 1", 400, 500, "x = 1")]
    [InlineData("    x = 1", 8, 4, "x = 1")]
    [InlineData("    x = 1", -5, 2, "x = 1")]
    [InlineData("    x = f()", 8, null, "x = f()")]
    [InlineData("    x = f()", null, null, "x = f()")]
    [InlineData("a\u202e + b", 0, 4, "<34>a\\u202e<0> + b")]
    public void The_running_expression_is_blue(string source, int? column, int? endColumn, string shown) => Assert.EndsWith(
        "\n        " + shown,
        Coloured(Samples.Thread(Samples.Frame(source, 3, 3, column, endColumn))));

    [Fact]
    public void An_expression_that_goes_on_is_blue_to_the_end_of_the_line() => Assert.EndsWith(
        "x = <34>f(<0>",
        Coloured(Samples.Thread(Samples.Frame("    x = f(  ", 3, 5, 8, 2))));

    [Theory]
    [InlineData(null, "Ansi", true)]
    [InlineData(null, "PlainText", false)]
    [InlineData(null, "Host", false)]
    [InlineData(null, null, false)]
    [InlineData("1", "Ansi", false)]
    [InlineData("", "Ansi", true)]
    public void Without_a_terminal_there_are_colours_only_if_they_are_asked_for(string? noColor, string? rendering, bool coloured)
        => Assert.Equal(!coloured, Palette.For(null, rendering is null ? null : Style(rendering), noColor, isRedirected: false).IsPlain);

    [Theory]
    [InlineData(null, "Host", true)]
    [InlineData(null, "PlainText", false)]
    [InlineData("1", "Host", false)]
    public void A_terminal_has_colours_unless_they_are_unwanted(string? noColor, string rendering, bool coloured)
        => Assert.Equal(!coloured, Palette.For(new RecordingHost(80, hasTerminal: true), Style(rendering), noColor, isRedirected: true).IsPlain);

    [Theory]
    [InlineData("Host", false, true)]
    [InlineData("Host", true, false)]
    [InlineData("Ansi", true, true)]
    public void The_console_of_pwsh_has_no_colours_where_its_output_goes_to_a_file(string rendering, bool isRedirected, bool coloured)
        => Assert.Equal(!coloured, Palette.For(new RecordingHost(80, hasTerminal: true, name: "ConsoleHost"), Style(rendering), null, isRedirected).IsPlain);
}
