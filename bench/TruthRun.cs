using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;

namespace PyStack.Bench;

/// <summary>
/// truth PROGRAM SECONDS RATE PYTHON...: for each Python, mode and situation of tests/Programs/profile/shares.py the shares of its functions, by its own clocks and by samples, in percent, and how far they are apart.
/// The oracle of mode Wall is the time by the clock; that of Cpu and Gil the time on a processor (in mode Gil only of functions that keep the GIL while they compute).
/// </summary>
internal static class TruthRun
{
    private static readonly string[][] Situations = [["four"], ["native"], ["sleeps"], ["calls"], ["garbage"], ["files"], ["four", "calls", "sleeps"]];

    // Functions that leave the GIL while they compute or wait, for most of their time.
    private static readonly HashSet<string> WithoutGil = ["hashing", "packing", "asleep", "naps", "reading"];

    public static void Run(string[] args)
    {
        double worst = 0;
        Console.WriteLine("python         mode situation               function      own  sampled   apart");
        foreach (string python in args.Skip(4))
        {
            foreach (PyProfileMode mode in Enum.GetValues<PyProfileMode>().Where(mode => IsWanted("MODES", mode.ToString())))
            {
                foreach (string[] threads in Situations.Where(threads => IsWanted("SITUATIONS", string.Join('+', threads))))
                {
                    worst = Math.Max(worst, Measure(python, args[1], threads, mode, double.Parse(args[2], CultureInfo.InvariantCulture), double.Parse(args[3], CultureInfo.InvariantCulture)));
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the farthest: {worst:f2} percentage points"));
    }

    // Words of an environment variable; all if there is none.
    private static bool IsWanted(string variable, string name) => Environment.GetEnvironmentVariable(variable) is not string words || words.Split(' ').Contains(name);

    private static double Measure(string python, string program, string[] threads, PyProfileMode mode, double seconds, double rate)
    {
        ProcessStartInfo start = new(python, [program, .. threads]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process target = Process.Start(start)!;
        try
        {
            _ = target.StandardOutput.ReadLine();
            using ProfileSession session = new(new ProfileOptions { Rate = rate, Duration = TimeSpan.FromSeconds(seconds), Mode = mode }, SilentLog.Instance);
            session.Add(target.Id, CancellationToken.None);
            target.StandardInput.WriteLine("begin");
            _ = target.StandardOutput.ReadLine();
            PyProfile profile = session.Run(null, CancellationToken.None, CancellationToken.None)[0];
            target.StandardInput.WriteLine("end");
            Dictionary<string, Dictionary<string, double[]>> own = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double[]>>>(target.StandardOutput.ReadLine()!)!;
            return own.Max(one => Compare(profile, one.Key, one.Value, mode, string.Join('+', threads)));
        }
        finally
        {
            target.StandardInput.Close();
            target.WaitForExit();
        }
    }

    private static double Compare(PyProfile profile, string thread, Dictionary<string, double[]> own, PyProfileMode mode, string situation)
    {
        string[] functions = [.. own.Keys.Where(function => mode != PyProfileMode.Gil || !WithoutGil.Contains(function))];
        if (functions.Length < 2 || (mode == PyProfileMode.Gil && profile.Samples == 0))
        {
            return 0;
        }

        Dictionary<string, long> counts = functions.ToDictionary(
            function => function,
            function => profile.Stacks.Where(stack => stack.ThreadName == thread && stack.Frames.Any(frame => frame.Function == function)).Sum(stack => stack.Count));
        double all = functions.Sum(function => own[function][mode == PyProfileMode.Wall ? 0 : 1]);
        double sampled = Math.Max(1, counts.Values.Sum());
        double worst = 0;
        foreach (string function in functions)
        {
            double expected = 100 * own[function][mode == PyProfileMode.Wall ? 0 : 1] / all;
            double found = 100 * counts[function] / sampled;
            worst = Math.Max(worst, Math.Abs(found - expected));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{profile.PythonVersion,-14} {mode,-4} {situation + (situation == thread ? "" : "/" + thread),-23} {function,-10} {expected,7:f2} {found,8:f2} {found - expected,7:f2}  {sampled:f0} samples, {profile.AchievedRate:f0}/s, {profile.Torn} torn, {profile.Missed} missed"));
        }

        return worst;
    }
}
