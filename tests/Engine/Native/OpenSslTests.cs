using PyStack.Engine.Native;
using Xunit;

namespace PyStack.Engine.Tests.Native;

public sealed class OpenSslTests
{
    [Fact]
    public void A_version_is_there_if_its_library_can_be_loaded()
    {
        Assert.False(OpenSsl.IsAny("0.0.none", "", null));
        Assert.Equal(OpenSsl.IsPresent, OpenSsl.IsAny("0.0.none", "3", "1.1"));
    }
}
