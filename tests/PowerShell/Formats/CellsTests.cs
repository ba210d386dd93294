using System.Linq;
using Xunit;

namespace PyStack.Tests.Formats;

public sealed class CellsTests
{
    /// <summary>By EastAsianWidth.txt and the general categories of Unicode.</summary>
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("名前", 4)]
    [InlineData("ＡＢ", 4)]
    [InlineData("ｱｲ", 2)]
    [InlineData("한국", 4)]
    [InlineData("🙂🚀", 4)]
    [InlineData("e\u0301o\u0308", 2)]
    [InlineData("ä…→", 3)]
    public void A_text_has_as_many_cells_as_a_terminal_gives_it(string text, int cells) => Assert.Equal(cells, Cells.Of(text));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("名前と名前", 10, "名前と名前")]
    [InlineData("名前と名前", 9, "名前と名…")]
    [InlineData("名前と名前", 8, "名前と…")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301…")]
    [InlineData("abc", 1, "…")]
    [InlineData("abc", 0, "")]
    public void A_text_is_cut_where_its_room_ends(string text, int room, string expected)
    {
        Assert.Equal(expected, Cells.Cut(text, room));
        Assert.Equal(room, Cells.Of(Cells.Fit(text, room)));
    }

    [Theory]
    [InlineData("/srv/app.py", 11, "/srv/app.py")]
    [InlineData("/srv/app.py", 7, "…app.py")]
    [InlineData("/名/app.py", 8, "…/app.py")]
    [InlineData("/名/app.py", 0, "")]
    public void The_end_of_a_path_is_kept(string text, int room, string expected) => Assert.Equal(expected, Cells.CutStart(text, room));

    [Fact]
    public void A_character_has_no_more_than_a_few_marks()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0301", 10_000)) + "b";

        Assert.Equal("a\u0301\u0301\u0301\u0301b", Cells.Cut(text, 2));
    }
}
