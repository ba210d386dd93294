using System.Globalization;
using System.Text;
using Xunit;

namespace PyStack.Engine.Tests.Model;

public sealed class TerminalTextTests
{
    // DerivedCoreProperties.txt of Unicode 17, Default_Ignorable_Code_Point, of the letters and marks: all that has no form of its own.
    private static bool IsInvisibleLetterOrMark(int code) => code
        is 0x034f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or 0x180b or 0x180c or 0x180d or 0x180f or 0x3164 or (>= 0xfe00 and <= 0xfe0f) or 0xffa0
        or (>= 0xe0100 and <= 0xe01ef);

    private static bool IsWrittenOut(int code) => IsInvisibleLetterOrMark(code) || CharUnicodeInfo.GetUnicodeCategory(code)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    [Fact]
    public void Every_code_point_is_written_out_or_left_by_its_category()
    {
        for (int code = 0; code <= 0x10ffff; code++)
        {
            string text = code is >= 0xd800 and <= 0xdfff ? ((char)code).ToString() : char.ConvertFromUtf32(code);
            string written = code < 0x100 ? $"\\x{code:x2}" : code is >= 0xdc80 and <= 0xdcff ? $"\\x{code - 0xdc00:x2}" : code < 0x10000 ? $"\\u{code:x4}" : $"\\U{code:x8}";
            string expected = IsWrittenOut(code) ? $"a{written}b" : $"a{text}b";
            if (TerminalText.Escape($"a{text}b") != expected)
            {
                Assert.Fail($"U+{code:X4} is {TerminalText.Escape(text)}, not {expected[1..^1]}.");
            }
        }
    }

    [Theory]
    [InlineData("naïve Ω 漢字 שלום हिन्दी")]
    [InlineData("e\u0301 a\u0308\u0323")] // combining marks
    [InlineData("\U0001f600 \U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea")] // emoji, one with a skin tone, a flag
    [InlineData("C:\\x1b, \\u200b")] // what looks written out is left
    [InlineData("")]
    public void Letters_marks_and_emoji_stay(string text) => Assert.Same(text, TerminalText.Escape(text));

    // Not a theory: halves of surrogate pairs do not survive in an attribute.
    private static readonly (string Text, string Expected)[] Written =
    [
        ("\u200b\u00ad\ufeff\U000e0041\u2060\ufe0f", @"\u200b\xad\ufeff\U000e0041\u2060\ufe0f"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\\u200d\U0001f469"), // the joiner of emoji is as invisible as others
        ("f\udcff\udc80.py", @"f\xff\x80.py"), // bytes of a path that are not UTF-8
        ("\ud83d", @"\ud83d"),
        ("\ude00\ud83d", @"\ude00\ud83d"), // the halves in the wrong order
        ("\ud83d\ud83d\ude00", "\\ud83d\U0001f600"),
        ("\x1b]0;T\x07\u009b31m\r\n", @"\x1b]0;T\x07\x9b31m\x0d\x0a"),
    ];

    [Fact]
    public void What_a_terminal_would_not_show_is_written_as_repr_does() => Assert.All(Written, one =>
    {
        Assert.Equal(one.Expected, TerminalText.Escape(one.Text));
        var builder = new StringBuilder("> ");
        TerminalText.AppendEscaped(builder, one.Text);
        Assert.Equal("> " + one.Expected, builder.ToString());
    });
}
