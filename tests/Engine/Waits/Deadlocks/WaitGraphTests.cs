using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Waits.Deadlocks;
using Xunit;
using static PyStack.Engine.Tests.Waits.Deadlocks.Waiting;

namespace PyStack.Engine.Tests.Waits.Deadlocks;

/// <summary>Graphs that were written out by hand, with what is a deadlock in them.</summary>
public sealed class WaitGraphTests
{
    private const int Child = 140;

    [Theory]
    [InlineData("1>2 2>1", "Cycle 1,2")]
    [InlineData("1>2 2>3 3>1", "Cycle 1,2,3")]
    [InlineData("1>3 2>1 3>5 4>2 5>4", "Cycle 1,3,5,4,2")]
    [InlineData("1>2 2>1 3>4 4>3", "Cycle 1,2; Cycle 3,4")]
    [InlineData("1>1", "Self 1")]
    [InlineData("1>2 2>2", "Self 2 (1)")]
    [InlineData("1>2 2>3 3>4 4>3 5>4", "Cycle 3,4 (1,2,5)")]
    [InlineData("1>2 2>3 3", "")]
    [InlineData("1>2 2>9", "")]
    [InlineData("1 2 3", "")]
    public void A_cycle_of_threads_is_one_deadlock_in_its_order_without_those_that_only_wait_for_it(string graph, string expected)
        => Assert.Equal(expected, Find(Of(graph)));

    [Fact]
    public void Joins_imports_mutexes_and_the_GIL_are_edges_as_locks_are()
        => Assert.Equal("Cycle 1,2,3,4", Find(
            Thread(1, For(2, PyWaitKind.Join)), Thread(2, For(3, PyWaitKind.Import)), Thread(3, For(4, PyWaitKind.Mutex)), Thread(4, For(1, PyWaitKind.Gil, timeout: 0.005))));

    [Fact]
    public void All_that_wait_for_one_object_without_a_holder_are_one_deadlock()
        => Assert.Equal("HolderGone 1,3; HolderGone 4 (5)", Find(
            Thread(1, ForNobody("0x10")), Thread(2, null), Thread(3, ForNobody("0x10")), Thread(4, ForNobody("0x20")), Thread(5, For(4))));

    [Fact]
    public void A_lock_of_a_file_whose_process_has_ended_is_left_to_another()
        => Assert.Equal("", Find(Thread(1, new PyWait { Kind = PyWaitKind.FileLock, SystemCall = "flock", HolderProcessId = 9, IsHolderGone = true })));

    [Fact]
    public void A_limit_that_is_near_is_no_deadlock_and_one_that_is_far_is_said()
    {
        Assert.Equal("", Find(Thread(1, For(2, timeout: 0.5)), Thread(2, For(1))));

        Deadlock found = Assert.Single(Search(Thread(1, For(2, timeout: 30)), Thread(2, For(1, timeout: 20))));
        Assert.Equal(20, found.Timeout);
        Assert.Null(Assert.Single(Search(Of("1>2 2>1"))).Timeout);
    }

    [Fact]
    public void The_states_of_a_thread_in_several_interpreters_are_one_thread()
    {
        Deadlock found = Assert.Single(Search(Thread(1, null), Thread(1, For(2), part: 1), Thread(2, For(1))));

        Assert.Equal([2, 1], found.Members.Select(node => node.Parts.Count));
    }

    [Fact]
    public void Threads_without_an_OS_thread_are_nobody() => Assert.Equal("", Find(Thread(0, For(0)), Thread(0, For(0))));

    [Fact]
    public void A_long_chain_needs_no_stack()
    {
        const int count = 100_000;
        PyThread[] threads = [.. Enumerable.Range(1, count).Select(id => Thread(id, For((id % count) + 1)))];

        Assert.Equal(count, Assert.Single(Search(threads)).Members.Count);
    }

    [Fact]
    public void A_parent_that_waits_for_a_child_that_waits_for_the_parents_pipe_is_a_cycle()
    {
        Assert.Equal("Cycle 1,2", Find(Thread(1, ForEndOf(Child)), Thread(2, ToWrite(Process), Child)));

        // Each waits for the other to say something.
        Assert.Equal("Cycle 1,2", Find(Thread(1, ToRead(Child)), Thread(2, ToRead(Process), Child)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(PyWaitKind.Sleep)]
    [InlineData(PyWaitKind.Select)]
    [InlineData(PyWaitKind.Socket)]
    [InlineData(PyWaitKind.Futex)]
    public void A_process_with_a_thread_that_may_act_holds_up_nobody(PyWaitKind? kind)
    {
        PyThread other = Thread(3, kind is PyWaitKind known ? new PyWait { Kind = known, SystemCall = "recvfrom" } : null);

        Assert.Equal("", Find(Thread(1, ForEndOf(Child)), other, Thread(2, ToWrite(Process), Child)));
    }

    [Fact]
    public void Threads_that_only_their_own_process_can_wake_do_not_help_a_child_that_writes()
    {
        Assert.Equal("Cycle 1,2", Find(Thread(1, ForEndOf(Child)), Thread(3, ForAnybody()), Thread(2, ToWrite(Process), Child), Thread(4, ForAnybody(), Child)));

        // With a limit it wakes up by itself. A child that only reads may be idle: a handler of a signal ends it.
        Assert.Equal("", Find(Thread(1, ForEndOf(Child)), Thread(3, ForAnybody(timeout: 60)), Thread(2, ToWrite(Process), Child)));
        Assert.Equal("", Find(Thread(1, ForEndOf(Child)), Thread(3, ForAnybody(PyWaitKind.Event)), Thread(2, ToRead(Process), Child)));
    }

    [Fact]
    public void All_threads_of_the_processes_have_to_be_looked_at_and_are_witnesses()
    {
        PyThread[] parent = [Thread(1, ForEndOf(Child)), Thread(3, For(1))];
        PyThread[] child = [Thread(2, ToWrite(Process), Child), Thread(4, ForAnybody(), Child)];

        WaitGraph first = new([new ProcessThreads(Process, null, parent, IsWhole: false)], isOpen: true);
        Assert.Equal([Child], first.Wanted);
        WaitGraph second = new([new ProcessThreads(Process, null, parent, IsWhole: false), new ProcessThreads(Child, null, child, IsWhole: true)], isOpen: true);
        Assert.Equal([Process], second.Wanted);
        WaitGraph third = new([new ProcessThreads(Process, null, parent, IsWhole: true), new ProcessThreads(Child, null, child, IsWhole: true)], isOpen: true);
        Assert.Empty(third.Wanted);
        Deadlock found = Assert.Single(third.Find());
        Assert.Equal([1, 2, 3, 4], found.Witnesses.Select(node => node.ThreadId).Order());

        // Where nothing more can be looked at, whoever is not known may act.
        Assert.Empty(new WaitGraph([new ProcessThreads(Process, null, parent, IsWhole: false)], isOpen: false).Find());
    }

    [Fact]
    public void A_process_that_waits_for_one_that_acts_is_asked_for_and_no_deadlock()
    {
        ProcessThreads own = new(Process, null, [Thread(1, ToRead(Child))], IsWhole: false);

        Assert.Equal([Child], new WaitGraph([own], isOpen: true).Wanted);
        WaitGraph graph = new([own, new ProcessThreads(Child, null, [Thread(2, null, Child)], IsWhole: true)], isOpen: true);
        Assert.Empty(graph.Wanted);
        Assert.Empty(graph.Find());

        // One that could not be read.
        Assert.Empty(new WaitGraph([own, new ProcessThreads(Child, null, [], IsWhole: true)], isOpen: true).Find());
    }

    [Fact]
    public void A_holder_that_Python_does_not_know_is_asked_for()
    {
        PyThread[] threads = [Thread(1, For(9))];

        Assert.Equal([Process], new WaitGraph([new ProcessThreads(Process, null, threads, IsWhole: false)], isOpen: true).Wanted);
        Assert.Equal("Cycle 1,9", Find([.. threads, Thread(9, For(1, PyWaitKind.Mutex))]));
    }

    [Fact]
    public void A_process_can_wait_for_a_files_lock_of_its_own()
    {
        Assert.Equal("Self 1", Find(Thread(1, ForFileLock(Process))));
        Assert.Equal("Cycle 1,2", Find(Thread(1, ForFileLock(Process)), Thread(2, For(1))));
        Assert.Equal("", Find(Thread(1, ForFileLock(Process)), Thread(2, null)));

        // The own pipe is not the same: a handler of a signal can write to it.
        Assert.Equal("", Find(Thread(1, ToRead(Process))));
    }

    [Fact]
    public void Any_graph_gives_cycles_and_no_others()
    {
        Random random = new(17);
        for (int i = 0; i < 2000; i++)
        {
            int count = random.Next(1, 9);
            int[] holders = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, count + 1))];
            PyThread[] threads = [.. holders.Select((holder, at) => Thread(at + 1, holder == 0 ? null : For(holder)))];

            // Who comes back to himself is in a cycle.
            List<int> expected = [];
            for (int id = 1; id <= count; id++)
            {
                int at = id;
                for (int step = 0; step < count && at != 0; step++)
                {
                    at = holders[at - 1];
                    if (at == id)
                    {
                        expected.Add(id);
                        break;
                    }
                }
            }

            Assert.Equal(expected, Search(threads).SelectMany(one => one.Members).Select(node => node.ThreadId).Order());
        }
    }

    private static PyThread[] Of(string graph)
        => [.. graph.Split(' ').Select(edge => edge.Split('>')).Select(edge => Thread(int.Parse(edge[0], null), edge.Length == 1 ? null : For(int.Parse(edge[1], null))))];

    private static List<Deadlock> Search(params PyThread[] threads)
    {
        ProcessThreads[] processes = [.. threads.GroupBy(thread => thread.ProcessId).Select(group => new ProcessThreads(group.Key, "python3", [.. group], IsWhole: true))];
        return new WaitGraph(processes, isOpen: true).Find();
    }

    private static string Find(params PyThread[] threads) => string.Join("; ", Search(threads).Select(one =>
        $"{one.Kind} {string.Join(',', one.Members.Select(node => node.ThreadId))}{(one.Followers.Count == 0 ? "" : $" ({string.Join(',', one.Followers.Select(node => node.ThreadId))})")}"));
}
