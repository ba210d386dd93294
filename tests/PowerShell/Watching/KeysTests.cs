using System.Linq;
using System.Text;
using Xunit;

namespace PyStack.Tests.Watching;

public sealed class KeysTests
{
    /// <summary>As xterm's control sequences have them, with and without application mode, and linux and rxvt where they differ.</summary>
    [Theory]
    [InlineData("\x1b[A", "Up")]
    [InlineData("\x1bOB", "Down")]
    [InlineData("\x1b[5~\x1b[6~", "PageUp,PageDown")]
    [InlineData("\x1b[H\x1bOF\x1b[1~\x1b[4~", "Home,End,Home,End")]
    [InlineData("\r\n\t\x1b[Z\x7f", "Enter,Enter,Tab,BackTab,Backspace")]
    [InlineData("\x1b[1;5A\x1b[200~\x02", "")]
    [InlineData("\x1b", "Escape")]
    [InlineData("a\x1b[Cb", "Character,Right,Character")]
    public void Sequences_are_keys(string typed, string expected)
        => Assert.Equal(expected, string.Join(',', Keys.Read(Encoding.UTF8.GetBytes(typed)).Select(key => key.Kind)));

    [Fact]
    public void Characters_may_have_several_bytes()
        => Assert.Equal(["ä", "名", "🙂", "x"], Keys.Read(Encoding.UTF8.GetBytes("ä名🙂x")).Select(key => key.Text));

    [Theory]
    [InlineData("ab", 0)]
    [InlineData("a\x1b", 1)]
    [InlineData("a\x1b[", 2)]
    [InlineData("\x1b[1;", 4)]
    [InlineData("\x1b[1;5A", 0)]
    [InlineData("\x1b[5~", 0)]
    public void The_beginning_of_a_sequence_waits_for_its_rest(string typed, int rest)
        => Assert.Equal(rest, Keys.IncompleteEnd(Encoding.UTF8.GetBytes(typed)));
}
