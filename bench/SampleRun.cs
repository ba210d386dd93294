using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live;

namespace PyStack.Bench;

/// <summary>sample PID RATE SECONDS</summary>
internal static class SampleRun
{
    public static void Run(string[] args)
    {
        int id = int.Parse(args[1], CultureInfo.InvariantCulture);
        double rate = double.Parse(args[2], CultureInfo.InvariantCulture);
        double seconds = double.Parse(args[3], CultureInfo.InvariantCulture);
        using StackSession session = StackSession.OpenProcess(id, StackOptions.Default, SilentLog.Instance, CancellationToken.None);
        PythonRuntime runtime = session.Runtimes[0];
        LiveProcess process = (LiveProcess)session.Target;
        RawCapture capture = new();
        new RuntimeSet([runtime], null, Limits.Default).TryWalk(process.Memory, capture);
        List<ThreadSampler> samplers = capture.Threads.ConvertAll(thread => new ThreadSampler(runtime.Layout, process.Memory, id, thread, capture.Interpreters[thread.Interpreter].Gil));
        StackTable table = new();
        long torn = 0, ok = 0, empty = 0, gone = 0, late = 0;
        long start = Stopwatch.GetTimestamp();
        double next = 0;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        while (true)
        {
            double now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (now >= seconds)
            {
                break;
            }

            if (now < next)
            {
                if (next - now > 0.0002)
                {
                    Thread.Sleep(0);
                }

                continue;
            }

            if (now - next > 1 / rate)
            {
                long missed = (long)((now - next) * rate);
                late += missed;
                next += missed / rate;
            }

            next += 1 / rate;
            for (int i = 0; i < samplers.Count; i++)
            {
                switch (samplers[i].Read())
                {
                    case SampleOutcome.Read:
                        table.Increment(table.Find(samplers[i].Frames, i, out _));
                        ok++;
                        break;
                    case SampleOutcome.Torn: torn++; break;
                    case SampleOutcome.Empty: empty++; break;
                    default: gone++; break;
                }
            }
        }

        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine($"{runtime.Version}: {(ok + torn) / took / samplers.Count:n0}/s per thread, read {ok}, torn {torn} ({100.0 * torn / Math.Max(1, ok + torn):f2} %), empty {empty}, gone {gone}, late {late}, stacks {table.Count}, cpu {cpu.TotalSeconds / took * 100:f0} %, {cpu.TotalMicroseconds / Math.Max(1, ok + torn):f2} us each, allocated {GC.GetAllocatedBytesForCurrentThread() - bytes}");
        CodeReader codes = new(process.Memory, runtime.Layout, Limits.Default, new CodeCache());
        Dictionary<string, long> lines = [];
        for (int i = 0; i < table.Count; i++)
        {
            string text = "";
            foreach (SampledFrame frame in table.FramesOf(i))
            {
                CodeObject? code = frame.IsPlaceholder ? null : codes.Read(frame.Code);
                int? line = code is null ? null : codes.PositionOf(new RawFrame(0, frame.Code, ThreadSampler.OffsetOf(runtime.Layout, frame), false, false)).Line;
                text = $"{code?.Name ?? "?"}:{line}" + (text.Length > 0 ? ">" + text : "");
            }

            lines[text] = lines.GetValueOrDefault(text) + table.CountOf(i);
        }

        foreach ((string text, long count) in lines.OrderByDescending(pair => pair.Value).Take(int.Parse(args.ElementAtOrDefault(4) ?? "12", CultureInfo.InvariantCulture)))
        {
            Console.WriteLine($"{100.0 * count / ok,6:f2} % {text}");
        }
    }
}
