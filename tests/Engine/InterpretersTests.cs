using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Engine.Tests;

public sealed class InterpretersTests
{
    [Fact]
    public void At_least_one_CPython_from_3_8_is_on_this_machine()
        => Assert.True(InterpreterSet.All.Count > 0, $"None found. {string.Join("; ", InterpreterSet.Refused)}");
}
