using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Capture;
using PyStack.Engine.Python.Repr;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Arguments and locals are what <c>repr()</c> in the target says, in the order of the declaration.</summary>
public sealed class VariablesTests
{
    private static readonly StackOptions Blocking = new() { Locals = new ValueOptions() };

    public static TheoryData<string, string> Values() => Data("numbers", "texts", "containers", "objects");

    public static TheoryData<string, string> NewerValues() => Data("values", "parameters", "cells", "generator");

    [Theory]
    [MemberData(nameof(Values))]
    public void Of_every_kind(string interpreter, string function) => Check(interpreter, "values.py", function, function);

    [Theory]
    [MemberData(nameof(NewerValues))]
    public void Of_Python_3(string interpreter, string function)
    {
        Assert.SkipWhen(InterpreterSet.Named(interpreter).Major == 2, "2.7 has none of them");
        Check(interpreter, "newer_values.py", function, function == "cells" ? "inner" : function == "generator" ? "numbers" : function);
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void The_variable_of_a_comprehension_is_where_the_version_keeps_it(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(found.Major == 2, "in 2.7 it is a variable as any other");
        using Target target = Target.StartSilent(found, "newer_values.py", new() { Arguments = ["comprehension"] });
        _ = target.ReadLine();
        WaitForTell(target);
        Captures.InBothModes(noBlock => AssertComprehension(found, Captures.Once(target, Blocking with { NoBlock = noBlock })[0].Frames));
    }

    private static void AssertComprehension(Interpreter found, PyFrameList frames)
    {
        PyFrame function = frames.Single(one => one.Function == "comprehension");

        // PEP 709: from 3.12 on it is the function's own, next to what the function has.
        PyFrame inner = found.IsAtLeast(3, 12) ? function : frames.Single(one => one.Function == "<listcomp>");
        Assert.Equal("5", function.Locals!["outer"]);
        Assert.Equal("2", inner.Locals!["item"]);
        Assert.False(function.Locals.Contains("first"));
        Assert.Equal(!found.IsAtLeast(3, 12), inner.Arguments!.Contains(".0"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(10)]
    [InlineData(3)]
    [InlineData(0)]
    public void A_value_has_no_more_characters_than_wanted(int length)
    {
        using Target target = StartTexts();

        OrderedDictionary locals = TextsOf(target, new ValueOptions(length)).Locals!;

        string all = $"'{new string('x', 100)}'";
        Assert.Equal(length == 0 ? all : all[..(length - 3)] + "...", locals["long_text"]);
        Assert.All(locals.Values.Cast<string>(), text => Assert.True(length == 0 || text.Length <= length));
    }

    [Fact]
    public void Without_the_switch_there_are_none()
    {
        using Target target = StartTexts();

        PyFrame frame = Captures.Once(target, Captures.Blocking)[0].Frames[^1];

        Assert.Null(frame.Arguments);
        Assert.Null(frame.Locals);
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Values_under_the_names_of_secrets_are_hidden(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "secrets_kept.py");
        Assert.Equal("waiting", target.ReadLine());
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held, Frames: [.., { Function: "login" }] }, "it does not come to wait");
        Captures.InBothModes(noBlock => AssertSecretsAreHidden(target, noBlock));
    }

    private static void AssertSecretsAreHidden(Target target, bool noBlock)
    {
        PyFrame Frame(ValueOptions options) => Captures.Once(target, Captures.Blocking with { NoBlock = noBlock, Locals = options })[0].Frames.Single(one => one.Function == "login");

        PyFrame hidden = Frame(new ValueOptions(0));
        PyFrame more = Frame(new ValueOptions(0, SecretWords: ["Customer-Id"]));
        PyFrame shown = Frame(new ValueOptions(0, IsRedacted: false));

        foreach (string name in (string[])["password", "db_passwd", "clientSecret", "API_KEY", "auth_token", "Cookie_jar", "private_key", "authorization"])
        {
            Assert.Equal("<redacted>", (hidden.Arguments!.Contains(name) ? hidden.Arguments : hidden.Locals!)[name]);
            Assert.Contains("hush", (string)(shown.Arguments!.Contains(name) ? shown.Arguments : shown.Locals!)[name]!, StringComparison.Ordinal);
        }

        Assert.Equal("'bob'", hidden.Arguments!["user"]);
        foreach (string part in (string[])["'user': 'bob'", "'Password': <redacted>", "'nested': [{'api-key': <redacted>}]"])
        {
            // 2.7's dict has an order of its own.
            Assert.Contains(part, (string)hidden.Locals!["request"]!, StringComparison.Ordinal);
            Assert.Contains(part.Replace("<redacted>", "'hush'", StringComparison.Ordinal), (string)shown.Locals!["request"]!, StringComparison.Ordinal);
        }

        Assert.Equal(("17", "<redacted>"), (hidden.Locals!["customer_id"], more.Locals!["customer_id"]));
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeriesAndMode), MemberType = typeof(Rows))]
    public void No_secret_is_shown_however_it_is_held_or_cut_and_nothing_else_is_hidden(string interpreter, bool noBlock)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "secrets_in_values.py");
        Assert.Equal("waiting", target.ReadLine());
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held, Frames: [.., { Function: "Body" }] }, "it does not come to wait");
        foreach (int length in (int[])[0, 80])
        {
            PyFrameList frames = Captures.Once(target, Captures.Blocking with { NoBlock = noBlock, Locals = new ValueOptions(length) })[0].Frames;
            string[] shown = [.. frames.SelectMany(frame => Pairs(frame.Arguments).Concat(Pairs(frame.Locals)))];

            Assert.DoesNotContain(shown, text => text.Contains("LEAK", StringComparison.Ordinal));
            Assert.Contains(shown, text => text.Contains("['password', 'email', 'last_login', 'is_staff', 'id']", StringComparison.Ordinal));
            Assert.True(length != 0 || shown.Sum(text => text.Split("KEPT").Length - 1) == 19, string.Join('\n', shown));
        }
    }

    [Fact]
    public void A_boolean_of_numpy_is_written_as_its_version_does()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "numpy_booleans.py");
        Assert.Equal("waiting", target.ReadLine());

        OrderedDictionary locals = Captures.Once(target, Blocking)[0].Frames.Last(one => one.Function == "booleans").Locals!;

        Assert.Equal(["True", "False", "np.True_", "np.False_"], locals.Values.Cast<string>());
    }

    private static Target StartTexts()
    {
        Target target = Target.StartSilent(InterpreterSet.Any, "values.py", new() { Arguments = ["texts"] });
        _ = target.ReadLine();
        WaitForTell(target);
        return target;
    }

    private static PyFrame TextsOf(Target target, ValueOptions options)
        => Captures.Once(target, Blocking with { Locals = options })[0].Frames.Last(one => one.Function == "texts");

    private static void WaitForTell(Target target)
        => Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { IsCoherent: true, Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "tell", "it does not come to wait");

    // Every build of every version; where it was started from is of no matter to its values.
    private static TheoryData<string, string> Data(params string[] functions)
        => [.. from one in InterpreterSet.All where !one.HasOwnRoot || TestMatrix.IsWhole from function in functions select (one.Name, function)];

    private static void Check(string interpreter, string program, string argument, string function)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), program, new() { Arguments = [argument] });
        string[][] expected = JsonSerializer.Deserialize<string[][]>(target.ReadLine())!;
        WaitForTell(target);

        HashSet<string> names = [.. expected.Select(pair => pair[0])];
        Captures.InBothModes(noBlock =>
        {
            PyFrame frame = Captures.Once(target, Blocking with { NoBlock = noBlock })[0].Frames.Last(one => one.Function == function);
            List<string> actual = [.. Pairs(frame.Arguments), .. Pairs(frame.Locals)];

            Assert.Equal(expected.Select(pair => $"{pair[0]}: {pair[1]}"), actual.Where(text => names.Contains(text[..text.IndexOf(':', StringComparison.Ordinal)])));
        });
    }

    private static IEnumerable<string> Pairs(IDictionary? variables)
        => variables!.Cast<DictionaryEntry>().Select(entry => $"{entry.Key}: {entry.Value}");
}
