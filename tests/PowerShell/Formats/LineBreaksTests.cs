using Xunit;

namespace PyStack.Tests.Formats;

public sealed class LineBreaksTests
{
    private static string Broken(int width, params string[] lines) => string.Join('\n', LineBreaks.Break(lines, width));

    [Fact]
    public void What_is_too_long_goes_on_below_with_four_more_blanks() => Assert.Equal(
        """
        Process 112 (python3.12), Python 3.12.1,
            captured 2026-11-23 01:02:03, not
            stopped
            (C) File "Modules/timemodule.c",
                line 338, in time_sleep
                (/usr/lib/libpython3.8.so.1.0)
                x = 1
        """,
        Broken(
            40,
            "Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, not stopped",
            "    (C) File \"Modules/timemodule.c\", line 338, in time_sleep (/usr/lib/libpython3.8.so.1.0)",
            "        x = 1"));

    [Fact]
    public void A_function_is_on_one_line_with_its_word() => Assert.Equal(
        """
            (Python) File "/a.py", line 3,
                in a_long_name
        """,
        Broken(38, "    (Python) File \"/a.py\", line 3, in a_long_name"));

    [Fact]
    public void A_line_number_is_on_one_line_with_its_word() => Assert.Equal(
        """
            (Python) File "/a.py",
                line 1234, in f
        """,
        Broken(31, "    (Python) File \"/a.py\", line 1234, in f"));

    [Fact]
    public void A_path_without_blanks_is_broken_after_a_slash_and_other_words_where_the_line_is_full() => Assert.Equal(
        """
            /opt/application/
                releases/
                current/app.py
        aaaaaaaaaaaaaaaaaaaaaaaa
            aaaaaa
        """,
        Broken(24, "    /opt/application/releases/current/app.py", new string('a', 30)));

    [Fact]
    public void Colours_have_no_width_and_wide_characters_have_two_cells() => Assert.Equal(
        "\x1b[34m(C)\x1b[0m 漢漢漢漢漢漢 x\n    \x1b[33mend\x1b[0m",
        Broken(20, "\x1b[34m(C)\x1b[0m 漢漢漢漢漢漢 x \x1b[33mend\x1b[0m"));

    [Fact]
    public void A_line_that_fits_and_an_empty_one_stay_as_they_are() => Assert.Equal("\n" + new string('x', 20), Broken(20, "", new string('x', 20)));

    [Theory]
    [InlineData("iv", false, 2)]
    [InlineData("ja", false, 2)]
    [InlineData("en", false, 1)]
    [InlineData("en", true, 2)]
    public void A_view_breaks_lines_on_a_terminal_and_where_PowerShell_would_break_inside_of_words(string language, bool hasTerminal, int lines)
    {
        string[] one = ["one line of thirty-two characters"];
        Assert.Equal(lines, LineBreaks.ForView(one, 30, hasTerminal, language).Length);
        Assert.Same(one, LineBreaks.ForView(one, null, hasTerminal, language));
    }
}
