using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class WatchSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _ended = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Threads_functions_and_times_are_those_of_the_interval(string interpreter)
    {
        using Target target = Start(interpreter, """
            import sys, threading
            def spin():
                x = 0
                for i in range(30000):
                    x += i
            def work():
                while True:
                    spin()
            lock = threading.Lock()
            lock.acquire()
            for run in work, lock.acquire:
                thread = threading.Thread(target=run)
                thread.daemon = True
                thread.start()
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()
            """);
        double outerBegin = CpuSeconds(target.ProcessId);
        using WatchSession session = Watch(target.ProcessId);
        double innerBegin = CpuSeconds(target.ProcessId);

        PyActivity[] looks = [Look(session), Look(session), Look(session)];

        // A tick of the kernel's clock is 10 ms, and the sums of three looks may each be one off.
        double outerEnd = CpuSeconds(target.ProcessId);
        double sum = looks.Sum(look => look.CpuPercent!.Value / 100 * look.IntervalSeconds);
        Assert.InRange(sum, 0, outerEnd - outerBegin + 0.05);
        Assert.True(innerBegin <= outerEnd);
        Assert.All(looks, look => Assert.Equal(3, look.Threads.Count));
        Assert.All(looks, look => Assert.InRange(look.Threads.Sum(thread => thread.CpuPercent ?? 0), 0, look.CpuPercent!.Value + 15));

        // Once it has run at all in an interval it is the one that ran.
        PyActivity busy = looks[1..].MaxBy(look => look.CpuPercent)!;
        PyThreadActivity worker = busy.Threads.MaxBy(thread => thread.CpuPercent)!;
        Assert.Contains(worker.Frames, frame => frame.Function == "work");
        Assert.Equal("spin", busy.Functions[0].Function);
        Assert.Contains(busy.Functions, function => function.Function == "work" && function.Total >= busy.Functions[0].Self);
        Assert.Contains(busy.Threads, thread => thread.Wait is { Kind: PyWaitKind.Lock });
        Assert.Equal(PyProfileMode.Cpu, busy.Mode);
        Assert.InRange(busy.Samples, 1, (long)Math.Ceiling(busy.SampleRate * busy.WindowSeconds) * 3);

        // The only thread that runs has the GIL whenever it is seen.
        Assert.True(busy.GilPercent is null or > 50, $"{busy.GilPercent} %");
    }

    [Fact]
    public void A_process_that_ends_is_said_to_have_ended_and_the_others_are_watched_on()
    {
        using Target one = Start(InterpreterSet.Any.Name, Sleeper);
        using Target other = Start(InterpreterSet.Any.Name, Sleeper);
        using WatchSession session = Watch(one.ProcessId, other.ProcessId);

        int id = one.ProcessId;
        one.Dispose();

        Assert.Equal([other.ProcessId], Looks(session).Select(look => look.ProcessId));
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Process {id} ("), Assert.Single(_ended), StringComparison.Ordinal);
        Assert.Equal(1, session.Count);
    }

    [Fact]
    public void A_process_that_starts_another_program_is_watched_on()
    {
        using Target target = Start(InterpreterSet.Any.Name, """
            import os, sys
            def before():
                sys.stdout.write("ready\n")
                sys.stdout.flush()
                sys.stdin.readline()
                os.execv(sys.executable, [sys.executable, "-c", "import sys\ndef after():\n sys.stdout.write('again\\n')\n sys.stdout.flush()\n sys.stdin.read()\nafter()"])
            before()
            """);
        using WatchSession session = Watch(target.ProcessId);
        Assert.Contains(Look(session).Threads[0].Frames, frame => frame.Function == "before");

        target.WriteLine("");
        Assert.Equal("again", target.ReadLine());

        PyActivity? look = null;
        Wait.Until(() => (look = Looks(session).SingleOrDefault())?.Threads is [{ Frames: [.., { Function: "after" }] }], "the new program is not watched");
        Assert.Equal(target.ProcessId, look!.ProcessId);
    }

    [Fact]
    public void A_child_that_begins_meanwhile_is_watched_too()
    {
        using Target target = Start(InterpreterSet.Any.Name, """
            import subprocess, sys
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.readline()
            child = subprocess.Popen([sys.executable, "-c", "import sys\ndef in_child():\n sys.stdin.read()\nin_child()"], stdin=subprocess.PIPE)
            sys.stdin.read()
            child.stdin.close()
            child.wait()
            """);
        using WatchSession session = new(new WatchOptions());
        session.Add(target.ProcessId, SilentLog.Instance, TestContext.Current.CancellationToken);
        session.WatchChildren(target.ProcessId);
        Assert.Single(Looks(session));

        target.WriteLine("");

        Wait.Until(() => Looks(session).Any(look => look.ProcessId != target.ProcessId && look.Threads.Any(thread => thread.Frames.Any(frame => frame.Function == "in_child"))), "the child is not watched");
    }

    [Fact]
    public void What_is_no_Python_is_an_error()
    {
        using Target target = Target.StartCommand(["/bin/sh", "-c", "echo ready; read line"]);
        target.ReadLine();
        using WatchSession session = new(new WatchOptions());

        EngineException error = Assert.Throws<EngineException>(() => session.Add(target.ProcessId, SilentLog.Instance, TestContext.Current.CancellationToken));

        Assert.Equal(EngineError.NotPython, error.Error);
        Assert.Equal(0, session.Count);
    }

    private const string Sleeper = """
        import sys
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
        """;

    private Target Start(string interpreter, string program)
    {
        Target target = Target.StartSilent(InterpreterSet.Named(interpreter), _folder.Write($"program-{Guid.NewGuid():n}.py", Encoding.UTF8.GetBytes(program)), new TargetOptions { IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    private static WatchSession Watch(params int[] processIds)
    {
        WatchSession session = new(new WatchOptions());
        foreach (int processId in processIds)
        {
            session.Add(processId, SilentLog.Instance, TestContext.Current.CancellationToken);
        }

        return session;
    }

    private PyActivity Look(WatchSession session) => Assert.Single(Looks(session));

    private PyActivity[] Looks(WatchSession session)
    {
        session.Sample(Stopwatch.GetTimestamp() + (Stopwatch.Frequency * 3 / 10), CancellationToken.None);
        return session.Look(SilentLog.Instance, _ended.Add, TestContext.Current.CancellationToken);
    }

    // utime and stime of the whole process, proc_pid_stat(5), in ticks of 10 ms.
    private static double CpuSeconds(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }
}
