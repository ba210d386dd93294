using PyStack.Engine.Symbols.Demangling;
using Xunit;

namespace PyStack.Engine.Tests.Symbols.Demangling;

public sealed class DemanglerTests
{
    [Theory]
    [InlineData("_ZN4shop3BoxIdE4openERKSt6vectorIdSaIdEE", "shop::Box<double>::open(std::vector<double, std::allocator<double> > const&)")]
    [InlineData("_Z3addii", "add(int, int)")]
    [InlineData("_Z3addii.part.0", "add(int, int)")]
    [InlineData("_RNvC6_123foo3bar", "123foo::bar")]
    [InlineData("_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write")]
    [InlineData("PyEval_EvalCode", "PyEval_EvalCode")]
    [InlineData("_Znonsense", "_Znonsense")]
    [InlineData("", "")]
    public void Names_are_shown_as_they_were_written(string name, string expected) => Assert.Equal(expected, Demangler.Demangle(name));

    [Fact]
    public void A_name_of_unreasonable_length_is_left_alone()
    {
        string name = "_ZN" + new string('1', 100_000);
        Assert.Equal(name, Demangler.Demangle(name));
    }
}
