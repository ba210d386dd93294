using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack.TestSupport.Observer;

/// <summary>
/// The engine in a process of its own, for tests that kill the observer or run it as another user:
/// <c>capture PID [noblock]</c> prints each thread's number of frames, or the error's name and texts; <c>loop PID [noblock]</c>
/// captures until it is killed; <c>lines PID</c> prints the file and the source line of each module of <c>named_sources.py</c>; <c>access PID</c> prints whether it may be captured, read, why not and the way out; <c>list PID</c> prints
/// the Python processes and what is said of the process on the way; <c>core PATH</c> prints why a core was written, or the error; <c>parent COMMAND…</c> captures a child of its own, which shall end when its standard input does, until it has ended, and prints its exit code.
/// </summary>
internal static class ObserverProgram
{
    public static int Main(string[] arguments)
    {
        if (arguments[0] == "parent")
        {
            return WatchOwnChild(arguments[1..]);
        }

        if (arguments[0] == "core")
        {
            return ReadCore(arguments[1]);
        }

        int processId = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        if (arguments[0] == "access")
        {
            PyStackAccess access = AccessTest.Run(processId);
            Console.WriteLine($"{access.IsAccessible}|{access.CanReadWithoutStopping}|{access.Reason}|{access.RecommendedAction}");
            return 0;
        }

        if (arguments[0] == "list")
        {
            string about = $"Process {processId} ";
            Talkative log = new(line => Console.WriteLine(line), line => line.StartsWith(about, StringComparison.Ordinal));
            Console.WriteLine(string.Join(' ', new PythonProcesses(log).Find(CancellationToken.None).Select(process => process.ProcessId)));
            return 0;
        }

        StackOptions options = new() { NoBlock = arguments.Contains("noblock") };
        try
        {
            using StackSession session = StackSession.OpenProcess(processId, options, SilentLog.Instance, CancellationToken.None);
            do
            {
                PyThread[] threads = session.Capture(CancellationToken.None);
                if (arguments[0] == "lines")
                {
                    Console.WriteLine(string.Join('\n', threads.SelectMany(thread => thread.Frames)
                        .Where(frame => frame.Function == "<module>" && !frame.File!.EndsWith("named_sources.py", StringComparison.Ordinal))
                        .Select(frame => $"{frame.File}|{frame.SourceLine}")));
                    return 0;
                }

                Console.WriteLine(string.Join(' ', threads.Select(thread => $"{thread.ThreadId}:{thread.Frames.Length}")));
            }
            while (arguments[0] == "loop");
            return 0;
        }
        catch (EngineException e)
        {
            Console.WriteLine($"{e.Error}|{e.Message}|{e.RecommendedAction}");
            return 2;
        }
    }

    private static int ReadCore(string path)
    {
        try
        {
            Console.WriteLine(CoreSummary.Describe(path, new CoreSearch(), Limits.Default, SilentLog.Instance, CancellationToken.None).Reason);
            return 0;
        }
        catch (EngineException e)
        {
            Console.WriteLine($"{e.Error}|{e.Message}|{e.RecommendedAction}");
            return 2;
        }
    }

    // .NET waits for its children, too, and the engine must not take their exit codes away: then .NET ends the process.
    private static int WatchOwnChild(string[] command)
    {
        using Process child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true })!;
        int captures = 0;
        while (!child.HasExited)
        {
            try
            {
                using StackSession session = StackSession.OpenProcess(child.Id, StackOptions.Default, SilentLog.Instance, CancellationToken.None);
                while (true)
                {
                    session.Capture(CancellationToken.None);
                    if (++captures == 20)
                    {
                        child.StandardInput.Close();
                    }
                }
            }
            catch (EngineException)
            {
                // It starts, or it ends.
            }
        }

        child.WaitForExit();
        Console.WriteLine($"{child.ExitCode} {(captures > 0 ? "captured" : "missed")} {(ProcessRuns(child.Id) ? "runs on" : "ended")}");
        return 0;
    }

    private static bool ProcessRuns(int processId) => System.IO.File.Exists($"/proc/{processId}/stat");

    private sealed class Talkative(Action<string> write, Predicate<string> isWanted) : IEngineLog
    {
        public bool IsDebugEnabled => false;

        public void Verbose(string message)
        {
            if (isWanted(message))
            {
                write(message);
            }
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
