using System;
using System.Linq;
using PyStack.Engine.Discovery;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Discovery;

public sealed class ProcessTreeTests
{
    private static string Descendants(int root, params (int ProcessId, int ParentId)[] processes)
        => string.Join(' ', new ProcessTree(processes).Descendants(root));

    [Fact]
    public void Parents_come_before_their_children_and_each_branch_is_whole()
        => Assert.Equal("2 4 6 7 3 5", Descendants(1, (1, 0), (2, 1), (3, 1), (4, 2), (5, 3), (6, 4), (7, 4), (8, 0), (9, 8)));

    [Theory]
    [InlineData(1, "2 3")]
    [InlineData(2, "3 1")]
    [InlineData(9, "")]
    public void A_cycle_of_parents_ends(int root, string expected)
        => Assert.Equal(expected, Descendants(root, (1, 3), (2, 1), (3, 2), (9, 9)));

    [Fact]
    public void A_chain_of_a_million_is_no_recursion()
        => Assert.Equal(999_999, new ProcessTree(Enumerable.Range(1, 1_000_000).Select(id => (id, id - 1))).Descendants(1).Count);

    [Fact]
    public void The_children_of_a_process_are_those_that_it_names()
    {
        using Target parent = Target.StartSilent(InterpreterSet.Any, "", new()
        {
            Arguments = ["-c", "import subprocess, sys; c = [subprocess.Popen(['cat'], stdin=subprocess.PIPE) for _ in range(3)]; print(*[p.pid for p in c], flush=True); sys.stdin.read(); [p.communicate() for p in c]"],
        });
        int[] children = [.. parent.ReadLine().Split(' ').Select(int.Parse)];

        Assert.Equal(children.Order(), ProcessTree.Read().Descendants(parent.ProcessId));
        Assert.Contains(parent.ProcessId, ProcessTree.Read().Descendants(Environment.ProcessId));
    }
}
