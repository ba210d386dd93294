using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Capture;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>
/// Captures with a pause, of programs whose functions know who may call them and with which variables, and whose threads know what they may show of the
/// same moment (<c>tests/Programs/freeze</c>). <c>tests/freeze.sh</c> runs the long version.
/// </summary>
public sealed class FreezeTests
{
    private static readonly StackOptions Locals = Captures.Blocking with { Locals = new ValueOptions(MaxLength: 0) };

    // The variables are the sharpest test of a stack: most captures have them.
    private static readonly (StackOptions Options, int Share)[] Modes =
        [(Locals, 5), (Captures.Blocking, 2), (Captures.Native, 2), (Locals with { Native = NativeMode.AllThreads }, 1)];

    // Of the rows those that match: to repeat one.
    private static readonly string Wanted = Environment.GetEnvironmentVariable("PYSTACK_FREEZE") ?? "";

    // Where and for how long the observer is held up.
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("PYSTACK_FREEZE_SEED"), out int seed) ? seed : 15;

    /// <summary>3.7, 3.11, 3.12 and the newest: each has its own GIL, frames or interpreters. With the whole matrix, all from 3.7 on.</summary>
    public static TheoryData<string, string> Rows()
    {
        Interpreter[] known = [.. InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 7) && !one.IsFreeThreaded)];
        return
        [
            .. from program in FreezeProgram.All
               from one in known
               where (TestMatrix.IsWhole || one == known[0] || one == known[^1] || one.Minor is 11 or 12)
                   && program.RunsOn(one, one == known[^1]) && Regex.IsMatch($"{one.Name}, {program.Name}", Wanted)
               select (one.Name, program.Name),
        ];
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void No_capture_shows_what_has_never_been(string interpreter, string program)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        FreezeProgram wanted = FreezeProgram.Named(program);
        FreezeTally tally = new();
        FreezeObserver observer = new(Seed);
        if (wanted.File == "ending.py")
        {
            CaptureEnds(found, wanted, tally, observer);
        }
        else
        {
            CaptureAll(found, wanted, tally, observer);
        }

        string line = $"Freeze: {interpreter}, {program}: {tally.Line()}, {observer}";
        TestReport.Note(line);
        TestContext.Current.SendDiagnosticMessage(line);
        Assert.True(tally.Impossible == 0, $"seed {Seed}: {tally}\n{observer}");
        if (wanted.File != "ending.py")
        {
            Assert.True(tally.Errors == 0, tally.ToString());
            Assert.InRange(tally.Progress, 1, long.MaxValue);
        }
    }

    private static void CaptureAll(Interpreter interpreter, FreezeProgram program, FreezeTally tally, FreezeObserver observer)
    {
        using Target target = Start(interpreter, program, out List<int> processes);
        foreach (int process in processes)
        {
            // The moments of one process say nothing about those of another.
            tally.BeginProcess();
            foreach ((StackOptions options, int share) in Modes)
            {
                if (options.Native != NativeMode.None && !program.HasNative)
                {
                    continue;
                }

                using StackSession session = Captures.Open(process, options);
                int count = Math.Max(1, program.Captures * share / (10 * processes.Count));
                for (int i = 0; i < count; i++)
                {
                    Capture(session, tally, observer);
                }
            }

            ProcOracle.AssertRunsFreely(process);
        }
    }

    // One process after the other is watched until it is gone.
    private static void CaptureEnds(Interpreter interpreter, FreezeProgram program, FreezeTally tally, FreezeObserver observer)
    {
        for (int round = 0; tally.Captures < program.Captures && round < program.Captures; round++)
        {
            using Target target = Start(interpreter, program, out _);
            tally.BeginProcess();
            using StackSession session = Captures.Open(target.ProcessId, Modes[round % (program.HasNative ? Modes.Length : 2)].Options);
            int errors = tally.Errors;
            Capture(session, tally, observer);
            target.WriteLine("");
            while (tally.Errors == errors && !target.HasExited)
            {
                Capture(session, tally, observer);
            }

            Assert.Equal(0, target.WaitForExit());
        }
    }

    private static void Capture(StackSession session, FreezeTally tally, FreezeObserver observer)
    {
        try
        {
            observer.Prepare(session);
            tally.Add(session.Take());
            observer.Add(session);
        }
        catch (EngineException e)
        {
            tally.AddError($"{e.Error}: {e.Message}");
        }
    }

    /// <summary>Starts a program and waits until its threads run.</summary>
    internal static Target Start(Interpreter interpreter, FreezeProgram program, out List<int> processes)
    {
        string[] arguments = program.Arguments(() => Toolchain.Shared("freeze-drop.so", File.ReadAllText(Programs.PathOf("freeze/drop.c")), "-shared", "-fPIC", "-g"));
        Target target = Target.StartSilent(interpreter, $"freeze/{program.File}", new() { Arguments = arguments, InterpreterOptions = ["-W", "ignore"] });
        try
        {
            processes = [target.ProcessId];
            int more = program.File == "forks.py" ? 1 : program.File == "interpreters.py" ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 0;
            for (int i = 0; i <= more; i++)
            {
                if (int.TryParse(target.ReadLine(), CultureInfo.InvariantCulture, out int child))
                {
                    processes.Add(child);
                }
            }

            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }
}
