using PyStack.Engine.Results;
using Xunit;

namespace PyStack.Engine.Tests.Results;

public sealed class NaturalOrderTests
{
    [Theory]
    [InlineData("Task-9", "Task-10")]
    [InlineData("Task-09", "Task-10")]
    [InlineData("a", "b")]
    [InlineData("a", "a1")]
    [InlineData(null, "a")]
    [InlineData("a2b", "a2c")]
    [InlineData("1000000000000000000000", "1000000000000000000001")]
    public void The_left_name_comes_first(string? left, string right)
    {
        Assert.True(NaturalOrder.Compare(left, right) < 0);
        Assert.True(NaturalOrder.Compare(right, left) > 0);
        Assert.Equal(0, NaturalOrder.Compare(right, right));
    }
}
