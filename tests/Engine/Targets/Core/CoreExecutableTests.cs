using System;
using PyStack.Engine.Targets.Core;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Core;

/// <summary>The program that the user names for a core may be a script.</summary>
public sealed class CoreExecutableTests
{
    [Theory]
    [InlineData("#!/usr/bin/python3\n", "/usr/bin/python3")]
    [InlineData("#! /usr/bin/python3 -I", "/usr/bin/python3")]
    [InlineData("#!/usr/bin/env -S A=1 sh -x", "/sh")]
    [InlineData("#!/usr/bin/env no-such-program-here", "no-such-program-here")]
    [InlineData("print()", null)]
    [InlineData("#!", null)]
    public void The_first_line_of_a_script_names_its_interpreter(string line, string? ending)
    {
        string? interpreter = CoreExecutable.InterpreterOf(line.TrimEnd('\n'));
        Assert.True(ending is null ? interpreter is null : interpreter!.EndsWith(ending, StringComparison.Ordinal), interpreter);
    }
}
