using System;
using PyStack.Engine.Waits.SystemCalls;
using Xunit;

namespace PyStack.Engine.Tests.Waits.SystemCalls;

public sealed class ConnectCallsTests
{
    // struct sockaddr_in, sockaddr_in6 and sockaddr_un (ip(7), ipv6(7), unix(7)).
    [Theory]
    [InlineData("02001538 7f000001 0000000000000000", "127.0.0.1:5432")]
    [InlineData("0a000050 00000000 20010db8000000000000000000000001 00000000", "[2001:db8::1]:80")]
    [InlineData("0100 2f746d702f61 00", "/tmp/a")]
    [InlineData("0100 2f746d702f61", "/tmp/a")]
    [InlineData("0100 00 6162", "@ab")]
    [InlineData("0200", null)]
    [InlineData("0a000050 00000000", null)]
    [InlineData("ffff0000 00000000", null)]
    public void An_address_is_written_as_its_family_does(string bytes, string? expected)
        => Assert.Equal(expected, ConnectCalls.Describe(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal))));
}
