using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Native;
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

    // A line feed in a path is written as it is.
    [Theory]
    [InlineData("0000000000000000: 00000002 00000000 00010000 0001 01  4711 /run/a b", "/run/a b", "listening")]
    [InlineData("0000000000000000: 00000003 00000000 00000000 0001 03 4711", null, null)]
    [InlineData("0000000000000000: 00000003 00000000 00000000 0001 03 4710 /x\n0000000000000000: 00000003 00000000 00000000 0001 03 4711 /run/a\n1\n2", "/run/a\n1\n2", null)]
    [InlineData("0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/a\n1\n0000000000000000: 00000002 00000000 00000000 0000 04     0", "/run/a\n1", "listening")]
    [InlineData("0000000000000000: 00000003 00000000 00000000 0001 03 4710 /x\n0000000000000000: 00000003 00000000 00000000 0001 03 4711 /run/false\n0000000000000000: 00000003 00000000 00000000 0001 03 4711 /run/true", null, null)]
    public void A_unix_socket_has_its_path_unless_another_ones_path_says_the_same(string lines, string? path, string? state)
    {
        UnixSocketTable table = new([4711]);
        Assert.All(lines.Split('\n'), line => Assert.True(table.Take(Encoding.UTF8.GetBytes(line))));
        Assert.Equal(new SocketEnds("unix", path, null, state, 0), Assert.Single(table.Found).Value);
    }

    // struct nlmsghdr, struct unix_diag_msg (family, type, state, padding, inode, cookie) and attributes: 2 is the peer, 0 the name (linux/unix_diag.h).
    [Theory]
    [InlineData("00000000 1400 0000 00000000 00000000 01 01 01 00 67120000 0000000000000000 0800 0200 68120000 0700 0000 2f6100", true, 4712U, "2F6100")]
    [InlineData("00000000 1400 0000 00000000 00000000 01 01 0a 00 67120000 0000000000000000", true, 0U, null)]
    [InlineData("00000000 1400 0000 00000000 00000000 01 01 01 00 67120000 0000000000000000 0800 0200 6812", true, 0U, null)]
    [InlineData("00000000 1400 0000 00000000 00000000 01 01 01 00 67120000 0000000000000000 0000 0200 68120000", true, 0U, null)]
    [InlineData("00000000 1400 0000 00000000 00000000 01 01 01 00 68120000 0000000000000000", false, 0U, null)]
    [InlineData("00000000 0200 0000 00000000 00000000 feffffff 67120000 0000000000000000 00000000", false, 0U, null)]
    [InlineData("00000000 1400", false, 0U, null)]
    public void An_answer_of_the_kernel_has_the_other_end_and_the_name(string bytes, bool isAnswer, uint peer, string? name)
    {
        Assert.Equal(isAnswer, SocketDiagnosis.TryParse(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)), 0x1267, out UnixSocketFacts facts));
        Assert.Equal((peer, name), (facts.Peer == 0x1268 ? 4712 : facts.Peer, facts.Name is null ? null : Convert.ToHexString(facts.Name)));
    }
}
