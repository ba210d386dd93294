using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Waits.Deadlocks;
using Xunit;
using static PyStack.Engine.Tests.Waits.Deadlocks.Waiting;

namespace PyStack.Engine.Tests.Waits.Deadlocks;

public sealed class DeadlockTextTests
{
    [Fact]
    public void Each_thread_has_its_place_and_what_it_waits_for()
        => Assert.Equal(
            """
            Deadlock of 2 threads in process 112 (python3):
              thread 1 (rea\x1bder) at store.py:1 in read
                waits for lock 0x10, held by thread 2
              thread 2 at store.py:2 in read
                waits for lock 0x10, held by thread 1
              2 more threads wait for these: 3, 4 (late)
            """.ReplaceLineEndings("\n"),
            Describe(Thread(1, For(2), name: "rea\u001bder"), Thread(2, For(1)), Thread(3, For(1)), Thread(4, For(3), name: "late")));

    [Fact]
    public void The_title_says_what_kind_it_is()
    {
        Assert.StartsWith("Deadlock of a thread with itself in process 112 (python3):\n", Describe(Thread(1, For(1))));
        Assert.StartsWith("A thread waits for a holder that no longer exists in process 112 (python3):\n", Describe(Thread(1, ForNobody())));
        Assert.StartsWith("2 threads wait for a holder that no longer exists in process 112 (python3):\n", Describe(Thread(1, ForNobody()), Thread(2, ForNobody())));
        Assert.StartsWith("Deadlock of 2 threads in process 112 (python3), until one of them gives up in 3.2 s at most:\n", Describe(Thread(1, For(2, timeout: 3.2)), Thread(2, For(1))));
        Assert.StartsWith(
            "Deadlock of 2 threads in processes 112 (python3) and 140 (python3):\n  thread 1 of process 112 at ", Describe(Thread(1, ForEndOf(140)), Thread(2, ToWrite(Process), 140)));
    }

    [Fact]
    public void The_place_is_the_programs_and_not_the_standard_librarys()
    {
        PyThread thread = Thread(1, For(1));
        PyFrame[] library = [Frame("/usr/lib/python3.12/threading.py", 1000), Frame("<frozen importlib._bootstrap>", 7), new() { ProcessId = Process, ThreadId = 1, Index = 4, Kind = PyFrameKind.Native }];

        Assert.Contains(" 1 at store.py:1 in read\n", Describe(With([.. thread.Frames, .. library])));
        Assert.Contains(" 1 at pool.py:9 in f\n", Describe(With([.. thread.Frames, Frame("/usr/lib/python3/dist-packages/pool.py", 9), .. library])));
        Assert.Contains(" 1 at <frozen importlib._bootstrap>:7 in f\n", Describe(With(library)));
        Assert.Contains(" 1\n    waits", Describe(With([])));

        PyThread With(PyFrame[] frames) => new() { ProcessId = Process, ThreadId = 1, PythonVersion = "", StackHash = "", Wait = thread.Wait, Frames = frames };
        static PyFrame Frame(string file, int line) => new() { ProcessId = Process, ThreadId = 1, Index = 2, Function = "f", File = file, Line = line };
    }

    [Fact]
    public void Of_a_thousand_threads_a_hundred_are_written()
    {
        string[] lines = Describe([.. Enumerable.Range(1, 1000).Select(id => Thread(id, For((id % 1000) + 1)))]).Split('\n');

        Assert.Equal((1 + (2 * 100) + 1, "  ... 900 more threads"), (lines.Length, lines[^1]));
    }

    private static string Describe(params PyThread[] threads)
    {
        IEnumerable<ProcessThreads> processes = threads.GroupBy(thread => thread.ProcessId).Select(group => new ProcessThreads(group.Key, "python3", [.. group], IsWhole: true));
        return string.Join('\n', new DeadlockText(Assert.Single(new WaitGraph([.. processes], isOpen: true).Find()), _ => "python3").Lines());
    }
}
