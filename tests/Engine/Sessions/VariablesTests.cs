using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Arguments and locals are what <c>repr()</c> in the target says, in the order of the declaration.</summary>
public sealed class VariablesTests
{
    private static readonly StackOptions Blocking = new() { Locals = new ValueOptions() };

    public static TheoryData<string, string, bool> Values() => Data("numbers", "texts", "containers", "objects");

    public static TheoryData<string, string, bool> NewerValues() => Data("values", "parameters", "cells", "generator");

    [Theory]
    [MemberData(nameof(Values))]
    public void Of_every_kind(string interpreter, string function, bool noBlock) => Check(interpreter, "values.py", function, function, noBlock);

    [Theory]
    [MemberData(nameof(NewerValues))]
    public void Of_Python_3(string interpreter, string function, bool noBlock)
    {
        Assert.SkipWhen(InterpreterSet.Named(interpreter).Major == 2, "2.7 has none of them");
        Check(interpreter, "newer_values.py", function, function == "cells" ? "inner" : function == "generator" ? "numbers" : function, noBlock);
    }

    private static TheoryData<string, string, bool> Data(params string[] functions)
    {
        TheoryData<string, string, bool> data = [];
        foreach (Interpreter one in InterpreterSet.All)
        {
            foreach (string function in functions)
            {
                data.Add(one.Name, function, false);
                data.Add(one.Name, function, true);
            }
        }

        return data;
    }

    private static void Check(string interpreter, string program, string argument, string function, bool noBlock)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), program, new() { Arguments = [argument] });
        string[][] expected = JsonSerializer.Deserialize<string[][]>(target.ReadLine())!;
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0].Frames[^1].Function == "tell", "it does not come to wait");

        PyFrame frame = Captures.Once(target, Blocking with { NoBlock = noBlock })[0].Frames.Last(one => one.Function == function);
        List<string> actual = [.. Pairs(frame.Arguments), .. Pairs(frame.Locals)];

        HashSet<string> names = [.. expected.Select(pair => pair[0])];
        Assert.Equal(expected.Select(pair => $"{pair[0]}: {pair[1]}"), actual.Where(text => names.Contains(text[..text.IndexOf(':', StringComparison.Ordinal)])));
    }

    private static IEnumerable<string> Pairs(IDictionary? variables)
        => variables!.Cast<DictionaryEntry>().Select(entry => $"{entry.Key}: {entry.Value}");
}
