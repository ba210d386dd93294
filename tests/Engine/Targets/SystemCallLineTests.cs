using System.Text;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

public sealed class SystemCallLineTests
{
    [Fact]
    public void A_line_has_number_arguments_and_instruction()
    {
        Assert.True(SystemCallLine.TryParse("202 0x7f 0x189 0x1 0x2 0x3 0xffffffff 0x7ffe0010 0x7f3380\n"u8, out SystemCall call));
        Assert.Equal(new SystemCall(202, 0x7f, 0x189, 1, 2, 3, 0x7f3380), call);
    }

    [Fact]
    public void Outside_of_a_call_there_are_no_arguments()
    {
        Assert.True(SystemCallLine.TryParse("-1 0x7ffe0010 0x7f3380\n"u8, out SystemCall call));
        Assert.Equal(new SystemCall(-1, 0, 0, 0, 0, 0, 0x7f3380), call);
    }

    [Theory]
    [InlineData("running\n")]
    [InlineData("")]
    [InlineData("202 0x7f\n")]
    [InlineData("-2 0x7ffe0010 0x7f3380\n")]
    [InlineData("202 0x7f 0x189 0x1 0x2 0x3 0xffffffff 0x7ffe0010 0x7f3380")]
    public void Another_line_is_no_call(string line) => Assert.False(SystemCallLine.TryParse(Encoding.ASCII.GetBytes(line), out _));
}
