using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;

namespace PyStack.Bench;

/// <summary>profile PID RATE SECONDS [MODE [STACKS [FILE]]]: what Measure-PyStack does, with its cost and its functions as lines of text.</summary>
internal static class ProfileRun
{
    public static void Run(string[] args)
    {
        int id = int.Parse(args[1], CultureInfo.InvariantCulture);
        ProfileOptions options = new()
        {
            Rate = double.Parse(args[2], CultureInfo.InvariantCulture),
            Duration = TimeSpan.FromSeconds(double.Parse(args[3], CultureInfo.InvariantCulture)),
            Tasks = Environment.GetEnvironmentVariable("TASKS") is not null,
            Mode = args.Length > 4 ? Enum.Parse<PyProfileMode>(args[4]) : PyProfileMode.Wall,
        };
        using ProfileSession session = new(options, SilentLog.Instance);
        session.Add(id, CancellationToken.None);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        PyProfile profile = session.Run(null, CancellationToken.None, CancellationToken.None)[0];
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        long all = Math.Max(1, profile.Samples + profile.Torn);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"rate={profile.AchievedRate:f0} samples={profile.Samples} torn={profile.Torn} excluded={profile.Excluded} ({100.0 * profile.Torn / all:f3} %) missed={profile.Missed} stacks={profile.Stacks.Count} cpu={100 * cpu / profile.DurationSeconds:f1} % each={1e6 * cpu / all:f2} us"));
        if (args.Length > 6)
        {
            File.WriteAllLines(args[6], profile.Stacks.Select(stack => $"{stack.Count} {string.Join(';', stack.Frames.Select(frame => frame.Function))}"));
        }

        foreach (string warning in profile.Warnings)
        {
            Console.WriteLine($"warning: {warning}");
        }

        foreach (PyProfileFunction function in profile.Functions.Take(14))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{100 * function.SelfShare,7:f2} {100 * function.TotalShare,7:f2} {function.Function}"));
        }

        foreach (PyProfileStack stack in profile.Stacks.Take(args.Length > 5 ? int.Parse(args[5], CultureInfo.InvariantCulture) : 0))
        {
            Console.WriteLine($"{100 * stack.Share,7:f2} idle={stack.IsIdle} gil={stack.HasGil} {string.Join('>', stack.Frames.Select(frame => $"{frame.Function}:{frame.Line}"))}");
        }
    }
}
