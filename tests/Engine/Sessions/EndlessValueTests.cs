using System;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Python.Repr;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A value that leads to itself ends after a bounded number of steps, however much of it the user wants: our own stack is bounded, too.</summary>
public sealed class EndlessValueTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_module_that_is_its_own_name_is_cut(bool noBlock)
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "endless_value.py");
        Assert.Equal("waiting", target.ReadLine());
        StackOptions options = new() { NoBlock = noBlock, Locals = new ValueOptions(MaxLength: 0) };
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held, Frames: [.., { Function: "endless" }] }, "it does not come to wait");

        string text = (string)Captures.Once(target, options)[0].Frames.Last(one => one.Function == "endless").Locals!["module"]!;

        Assert.StartsWith("<module <module <module ", text, StringComparison.Ordinal);
        Assert.Contains("...", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 0, 10_000);
    }
}
