using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Waits.Descriptors;
using Xunit;

namespace PyStack.Engine.Tests.Waits.Descriptors;

/// <summary>Lines of the tables of sockets (proc_pid_net(5)).</summary>
public sealed class SocketTableTests
{
    [Theory]
    [InlineData("   0: 0100007F:A390 0100007F:1538 01 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 20 4 30 10 -1", "127.0.0.1:41872", "127.0.0.1:5432", "established")]
    [InlineData("  12: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0", "0.0.0.0:80", null, "listening")]
    [InlineData("   0: 00000000000000000000000001000000:0050 B80D0120000000000000000001000000:1F90 02 0:0 00:0 0 0 0 4711 1", "[::1]:80", "[2001:db8::1]:8080", "syn-sent")]
    public void A_TCP_socket_has_both_ends_and_its_state(string line, string local, string? remote, string state)
    {
        Assert.True(InternetSockets.TryParse(Encoding.ASCII.GetBytes(line), "tcp", new HashSet<ulong> { 4711 }, out ulong inode, out SocketEnds? ends));
        Assert.Equal((4711UL, new SocketEnds("tcp", local, remote, state, 0)), (inode, ends));
        Assert.False(InternetSockets.TryParse(Encoding.ASCII.GetBytes(line), "tcp", new HashSet<ulong> { 1 }, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0: 0100007F:A390 0100007F:1538 01")]
    [InlineData("0: 0100007F 0100007F:1538 01 0:0 00:0 0 0 0 4711 1")]
    [InlineData("0: 0100007:A390 0100007F:1538 01 0:0 00:0 0 0 0 4711 1")]
    [InlineData("0: 0100007Fxx:A390 0100007F:1538 01 0:0 00:0 0 0 0 4711 1")]
    public void A_line_of_other_content_is_no_socket(string line)
        => Assert.False(InternetSockets.TryParse(Encoding.ASCII.GetBytes(line), "tcp", new HashSet<ulong> { 4711 }, out _, out _));

    [Theory]
    [InlineData("0000000000000000: 00000002 00000000 00010000 0001 01  4711 /run/a b", "/run/a b", "listening")]
    [InlineData("0000000000000000: 00000003 00000000 00000000 0001 03 4711", null, null)]
    public void A_unix_socket_has_its_path(string line, string? path, string? state)
    {
        Assert.True(UnixSockets.TryParse(Encoding.ASCII.GetBytes(line), new HashSet<ulong> { 4711 }, out _, out SocketEnds? ends));
        Assert.Equal(new SocketEnds("unix", path, null, state, 0), ends);
    }
}
