using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Profiling;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>No sample is a stack that the program cannot have: its functions know who may call them.</summary>
public sealed class CallersTests
{
    private const string Letters = "pqrs";

    /// <summary>Who may be outside of a function, by the program's own text (tests/Programs/profile/callers.py).</summary>
    private static readonly Dictionary<string, string[]> Callers = new()
    {
        ["gen"] = ["use", "added"], ["added"] = ["main"], ["leaf"] = ["gen"], ["use"] = ["main"], ["raise"] = ["catch"], ["deep"] = ["raise", "deep"], ["catch"] = ["main"], ["quick"] = ["catch"], ["tiny"] = ["quick", "key"],
        ["a"] = ["main"], ["b"] = ["dispatch"], ["c"] = ["dispatch"], ["d"] = ["dispatch", "dig", "<lambda>", "once"], ["down"] = ["main", "loop"], ["sorted"] = ["main"], ["key"] = ["sorted"],
        ["dispatch"] = ["a", "b", "c"], ["dig"] = ["down", "dig"], ["<lambda>"] = ["main", "<module>"], ["once"] = ["<module>"], ["<module>"] = ["main", ""], ["main"] = ["loop", "brief"],
        ["loop"] = ["<module>", "run"], ["brief"] = ["run"],
    };

    /// <summary>Which function <c>dispatch</c> calls, by who calls it.</summary>
    private static readonly Dictionary<string, string> Dispatched = new() { ["a"] = "b", ["b"] = "c", ["c"] = "d" };

    public static TheoryData<string> Versions() => SharesTests.Versions();

    [Theory]
    [MemberData(nameof(Versions))]
    public void No_sample_has_a_function_inside_of_one_that_does_not_call_it(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "profile/callers.py", new() { Arguments = ["0"] });
        AssertPossible(target, wanted: TestMatrix.Count(20_000, 1_000_000));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Nor_where_threads_take_turns_begin_and_end(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "profile/callers.py", new() { Arguments = ["1", "threads"] });
        AssertPossible(target, wanted: TestMatrix.Count(20_000, 200_000));
    }

    private static void AssertPossible(Target target, long wanted)
    {
        Assert.Equal("ready", target.ReadLine());
        long samples = 0;
        HashSet<string> functions = [];
        for (int round = 0; samples < wanted && round < TestMatrix.Count(2, 60); round++)
        {
            PyProfile profile = Measured.Run(target.ProcessId, new ProfileOptions { Rate = 1_000_000, Duration = TimeSpan.FromSeconds(TestMatrix.Count(1, 10)) });
            samples += profile.Samples;
            Assert.Equal(profile.Samples, profile.Stacks.Sum(stack => stack.Count));
            foreach (PyProfileStack stack in profile.Stacks)
            {
                string[] names = [.. stack.Frames.Select(frame => frame.Function!)];
                functions.UnionWith(names);
                Assert.True(WhyImpossible(names) is not string why, $"{stack.Count} samples, {WhyImpossible(names)}: {string.Join(" > ", names)}");
            }
        }

        Assert.Superset(new HashSet<string> { "main_p", "main_q", "main_r", "main_s", "loop" }, functions);
        Assert.True(samples > 100, "hardly any sample was taken");
    }

    private static string? WhyImpossible(string[] names)
    {
        if (names.Where(IsLettered).Select(name => name[^1]).Distinct().Count() > 1)
        {
            return "parts are mixed";
        }

        string[] kinds = [.. names.Select(name => IsLettered(name) ? name[..^2] : name)];
        for (int i = 0; i < kinds.Length; i++)
        {
            string caller = i == 0 ? "" : kinds[i - 1];
            if (kinds[i] is "<outer frames>" or "<unknown>" || (kinds[i] == "<short calls>" && i < kinds.Length - 1))
            {
                return $"{kinds[i]} is there";
            }

            if (Callers.TryGetValue(kinds[i], out string[]? allowed) && !allowed.Contains(caller))
            {
                return $"{kinds[i]} is called by {caller}";
            }

            if (i > 1 && caller == "dispatch" && kinds[i] != "<short calls>" && Dispatched[kinds[i - 2]] != kinds[i])
            {
                return $"dispatch calls {kinds[i]} for {kinds[i - 2]}";
            }
        }

        return null;
    }

    private static bool IsLettered(string name) => name.Length > 2 && name[^2] == '_' && Letters.Contains(name[^1]);
}
