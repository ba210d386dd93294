using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>What variables of frames can be, by their names (<c>tests/Programs/freeze/habits.py</c>).</summary>
internal static partial class FreezeValues
{
    private const int LastPhase = 3;

    /// <summary>The text of an argument or a local variable; null if the frame has none.</summary>
    public static string? Get(PyFrame frame, string name)
        => frame.Arguments?[name] as string ?? frame.Locals?[name] as string;

    /// <summary>What is impossible about a frame's own variables; null if nothing is.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isCalling">Whether there is a frame further in: then its variables do not change.</param>
    public static string? OfOneFrame(PyFrame frame, bool isCalling)
    {
        string? me = Get(frame, "me");
        string? depth = Get(frame, "depth");
        string? step = Get(frame, "step");
        foreach ((string name, string? value) in new[] { ("me", me), ("depth", depth), ("step", step) })
        {
            if (value is not null && !Number().IsMatch(value))
            {
                return $"{name} is {value}";
            }
        }

        if (me is not null && step is not null && long.Parse(step, CultureInfo.InvariantCulture) / 1_000_000_000 != long.Parse(me, CultureInfo.InvariantCulture))
        {
            return $"step {step} is not one of {me}'s";
        }

        return OfNow(frame, step, isCalling)
            ?? Expect(frame, "text", value => IsRepeated(value.Trim('\''), $"{me}:{depth}:{step};", ""))
            ?? Expect(frame, "box", value => value is ['[', .., ']'] && IsRepeated(value[1..^1], $"{me}, {depth}, {step}", ", "))
            ?? Expect(frame, "table", value => value == $"{{'me': {me}, 'depth': {depth}, 'step': {step}}}")
            ?? Expect(frame, "nest", value => value == $"(({step}, {me}), [{step}, {{{step}: {me}}}])");
    }

    /// <summary>What is impossible about one frame calling another; null if nothing is.</summary>
    public static string? OfCall(PyFrame caller, PyFrame callee)
    {
        if (Number(caller, "depth") is long outer && Number(callee, "depth") is long inner && inner != outer + 1)
        {
            return $"depth {inner} after {outer}";
        }

        if (caller.Function == callee.Function && Number(caller, "togo") is long more && Number(callee, "togo") is long less && less != more - 1)
        {
            return $"togo {less} after {more}";
        }

        if (Get(callee, "had") is not string had)
        {
            return null;
        }

        string? step = Get(caller, "step");
        if (step is not null && Get(callee, "step") != step)
        {
            return $"step {Get(callee, "step")} after {step}";
        }

        string? now = Get(caller, "now") ?? step;
        return now == had ? null : $"had is {had}, and the caller's now is {now}";
    }

    public static long? Number(PyFrame frame, string name)
        => Get(frame, name) is string text && long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? OfNow(PyFrame frame, string? step, bool isCalling)
    {
        int? phase = isCalling && frame.Line is int line ? FreezeRules.Instance.Find(frame.File, line)?.Phase : null;
        if (Get(frame, "now") is not string now)
        {
            return phase is null ? null : "it calls without a now";
        }

        Match match = Now().Match(now);
        bool isRight = match.Success && match.Groups[1].Value == step && int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) <= LastPhase;
        return !isRight ? $"now is {now}, and step {step}" : phase is int wanted && match.Groups[2].Value != $"{wanted}" ? $"now is {now} in line {frame.Line}" : null;
    }

    private static string? Expect(PyFrame frame, string name, Func<string, bool> isRight)
        => Get(frame, name) is not string value || value == "None" || IsInvalid(value) || isRight(value) ? null : $"{name} is {value}";

    /// <summary>Whether it is said that a value could not be read: not wrong, but counted.</summary>
    public static bool IsInvalid(string value) => value.StartsWith("<invalid object", StringComparison.Ordinal);

    // One to four times.
    private static bool IsRepeated(string text, string part, string between)
        => Enumerable.Range(1, 4).Any(count => text == string.Join(between, Enumerable.Repeat(part, count)));

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\((\d+), ([1-9])\)$")]
    private static partial Regex Now();
}
