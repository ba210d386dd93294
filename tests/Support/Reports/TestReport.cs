using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PyStack.TestSupport.Interpreters;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace PyStack.TestSupport.Reports;

/// <summary>
/// Prints at the end of a test assembly, on the console of <c>dotnet test</c>, which Python versions ran, which are absent, and
/// what was skipped and why. A test project takes part by <c>[assembly: AssemblyFixture(typeof(TestReport))]</c>.
/// </summary>
public sealed class TestReport : IAsyncLifetime
{
    // How xunit.v3 marks the message of the exception that Assert.Skip throws (DynamicSkipToken).
    private const string SkipMark = "$XunitDynamicSkip$";

    private static readonly ConcurrentDictionary<string, int> Starts = new();
    private static readonly ConcurrentDictionary<string, int> Skips = new();
    private static readonly ConcurrentDictionary<(string Interpreter, string Situation), string> Situations = new();
    private static readonly ConcurrentQueue<string> Notes = new();
    private readonly IMessageSink _console;

    public TestReport(IMessageSink console)
    {
        _console = console;
        AppDomain.CurrentDomain.FirstChanceException += (_, thrown) =>
        {
            if (thrown.Exception is SkipException && thrown.Exception.Message.StartsWith(SkipMark, StringComparison.Ordinal))
            {
                Skips.AddOrUpdate(thrown.Exception.Message[SkipMark.Length..], 1, (_, count) => count + 1);
            }
        };
    }

    /// <summary>Notes that a target was started with an interpreter.</summary>
    public static void Started(Interpreter interpreter)
    {
        ArgumentNullException.ThrowIfNull(interpreter);
        Starts.AddOrUpdate(interpreter.Name, 1, (_, count) => count + 1);
    }

    /// <summary>Notes that an interpreter was read in a situation of its own: how it was built, packed, started or shut down.</summary>
    public static void Situation(string interpreter, string situation) => Situations.TryAdd((interpreter, situation), "ran");

    /// <summary>Notes that an interpreter cannot be had in a situation, and why.</summary>
    public static void Absent(string interpreter, string situation, string why) => Situations.TryAdd((interpreter, situation), $"absent: {why}");

    /// <summary>A finding of a test that the report shall show, for example how often something rare was seen.</summary>
    public static void Note(string finding) => Notes.Enqueue(finding);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _console.OnMessage(new DiagnosticMessage(Text()));
        return ValueTask.CompletedTask;
    }

    internal static string Text()
    {
        StringBuilder text = new("Python interpreters\n");
        foreach ((int major, int minor) in InterpreterSet.Series)
        {
            List<Interpreter> series = [.. InterpreterSet.All.Where(one => one.Major == major && one.Minor == minor)];
            foreach (Interpreter one in series)
            {
                int starts = Starts.GetValueOrDefault(one.Name);
                text.Append($"  {major}.{minor,-3} {(starts > 0 ? "ran" : "here, not used by these tests"),-6} {one.Name}{(starts > 0 ? $": {starts} targets" : "")}\n");
            }

            if (series.Count == 0)
            {
                text.Append($"  {major}.{minor,-3} ABSENT: not in $PYENV_ROOT/versions, on the PATH, in /usr/bin, or in .cache/pythons (tests/pythons.sh fills it)\n");
            }
        }

        foreach (string refusal in InterpreterSet.Refused)
        {
            text.Append($"  not used: {refusal}\n");
        }

        List<string> order = [.. InterpreterSet.All.Select(one => one.Name)];
        AppendAll(text, "Situations", Situations
            .OrderBy(one => order.IndexOf(one.Key.Interpreter))
            .ThenBy(one => one.Key.Situation, StringComparer.Ordinal)
            .Select(one => $"{one.Key.Interpreter}, {one.Key.Situation}: {one.Value}"));
        AppendAll(text, "Skipped", Skips.OrderBy(skip => skip.Key, StringComparer.Ordinal).Select(skip => $"{skip.Value} x {skip.Key}"));
        AppendAll(text, "Notes", Notes);
        return text.ToString().TrimEnd();
    }

    private static void AppendAll(StringBuilder text, string title, IEnumerable<string> lines)
    {
        List<string> all = [.. lines];
        if (all.Count > 0)
        {
            text.Append($"{title}\n  {string.Join("\n  ", all)}\n");
        }
    }
}
