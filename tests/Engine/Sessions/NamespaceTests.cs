using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Python.Repr;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Code that keeps its variables in a mapping and not in slots.</summary>
public sealed class NamespaceTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeriesAndMode), MemberType = typeof(Rows))]
    public void The_variables_of_class_bodies_and_of_exec_are_those_of_f_locals(string interpreter, bool noBlock)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "class_bodies.py");
        JsonElement truth = JsonDocument.Parse(target.ReadLine()).RootElement;
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { IsCoherent: true, Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "wait", "it does not come to wait");

        PyFrameList frames = Captures.Once(target, Captures.Blocking with { NoBlock = noBlock, Locals = new ValueOptions() })[0].Frames;

        Assert.Equal(4, truth.GetArrayLength());
        foreach (JsonElement one in truth.EnumerateArray())
        {
            string label = one[0].GetString()!;
            PyFrame frame = frames.Single(frame => label == "class" ? frame.Function == "Body" : frame.File == $"<{label}>");
            IEnumerable<string> expected = one[1].EnumerateArray().Select(pair => $"{pair[0]}: {(pair[0].GetString() == "password" ? "<redacted>" : pair[1])}");

            // What the class body uses of the function around it is in a cell of its own, which f_locals of a class does not have.
            Assert.Equal(
                label == "class" ? expected.Append("outer: 7") : expected,
                frame.Locals!.Cast<DictionaryEntry>().Select(entry => $"{entry.Key}: {entry.Value}"));
        }

        // A module's own variables are its globals, which are not shown.
        Assert.Empty(frames[0].Locals!);
    }
}
