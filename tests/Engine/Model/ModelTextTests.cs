using Xunit;

namespace PyStack.Engine.Tests.Model;

public sealed class ModelTextTests
{
    [Theory]
    [InlineData(0x1b, @"\x1b")]
    [InlineData(0x00, @"\x00")]
    [InlineData(0x0c, @"\x0c")]
    [InlineData(0xfffe, @"\ufffe")]
    [InlineData(0xffff, @"\uffff")]
    [InlineData(0xd800, @"\ud800")]
    [InlineData(0xdcff, @"\xff")]
    public void What_XML_cannot_have_is_written_out(int code, string shown)
    {
        // Not as a string: half of a surrogate pair does not survive the way of test data.
        string text = $"é😀{(char)code}{(char)code}z";
        Assert.Equal($"é😀{shown}{shown}z", ModelText.Of(text));
        Assert.Equal(shown, ModelText.Of(((char)code).ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a\tb\r\nc")]
    [InlineData("\u007f\u009b\u202e\u2028\ue000\ufffd漢😀")]
    public void All_other_text_is_the_same_object(string text) => Assert.Same(text, ModelText.Of(text));

    [Fact]
    public void A_form_feed_of_a_source_line_is_a_blank_so_that_columns_stay_where_they_are() => Assert.Equal(@" x = '\x1b'", ModelText.OfSource("\fx = '\x1b'"));

    [Fact]
    public void Lists_and_variables_are_one_line_of_text_with_control_characters_written_out()
    {
        PyTextList lines = ["one\x1b", "two\u202e"];
        PyFrameList frames = [new PyFrame { ProcessId = 1, ThreadId = 1, Index = 0, Function = "f", File = "a.py", Line = 3 }, new PyFrame { ProcessId = 1, ThreadId = 1, Index = 1, Function = "g" }];
        PyVariables variables = new() { ["b"] = "1", ["a\n"] = "'x\u202e'" };
        Assert.Equal(@"one\x1b; two\u202e", lines.ToString());
        Assert.Equal("f (a.py:3) > g (???:0)", frames.ToString());
        Assert.Equal(@"b=1, a\x0a='x\u202e'", variables.ToString());
        Assert.Equal(("", "", ""), (new PyTextList(null).ToString(), new PyFrameList(null).ToString(), new PyVariables().ToString()));
        Assert.Equal((2, 2, "one\\x1b"), (lines.Count, lines.Length, lines[0]));
    }
}
