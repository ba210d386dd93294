using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Python.Code.LineTables;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.LineTables;

/// <summary>Every instruction of code objects that were not made for a test: the standard library's.</summary>
public sealed class LineTableTests
{
    /// <summary>Every so many files; 1 takes all of them, which is two million instructions for a version.</summary>
    private static string Stride => Environment.GetEnvironmentVariable("PYSTACK_TEST_STRIDE") is { Length: > 0 } set ? set : "60";

    public static TheoryData<string> OnePerSeries() => [.. InterpreterSet.OnePerSeries.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(OnePerSeries))]
    public void Each_instruction_has_the_position_that_the_interpreter_gives_it_or_the_line_before(string name)
    {
        Interpreter interpreter = InterpreterSet.Named(name);
        Assert.True(LayoutCatalogue.TryGet(new PythonVersion(interpreter.Major, interpreter.Minor, 0), ElfMachine.X64, out PythonLayout layout));
        using Target target = Target.StartSilent(interpreter, "line_tables.py", new() { Arguments = [Stride] });

        int codes = 0;
        int without = 0;
        string line = target.ReadLine();
        while (line != "end")
        {
            string[] head = line.Split(' ');
            Assert.Equal("code", head[0]);
            int firstLine = int.Parse(head[1], CultureInfo.InvariantCulture);
            byte[] table = head[2] == "-" ? [] : Convert.FromHexString(head[2]);
            List<(int Offset, SourcePosition Position)> told = [];
            for (line = target.ReadLine(); char.IsAsciiDigit(line[0]); line = target.ReadLine())
            {
                int?[] words = [.. line.Split(' ').Select(word => word == "-" ? (int?)null : int.Parse(word, CultureInfo.InvariantCulture))];
                told.Add((words[0]!.Value, new SourcePosition(words[1], words[2], words[3], words[4])));
            }

            // The line of the last instruction before; a function's first line where none is before.
            int? before = told.Exists(one => one.Position.Line is not null) ? firstLine : null;
            foreach ((int offset, SourcePosition position) in told)
            {
                before = position.Line ?? before;
                without += position.Line is null ? 1 : 0;
                SourcePosition expected = position.Line is null ? new SourcePosition(before) : position;
                SourcePosition found = LineTable.Find(layout.Code.LineTableKind, table, firstLine, offset);
                Assert.True(expected == found, $"{string.Join(' ', head)} at {offset}: {expected}, found {found}");
            }

            codes++;
        }

        Assert.True(codes > 20, $"{codes} code objects");
        TestReport.Situation(name, $"lines of {codes} code objects of the standard library, {without} instructions without a line");
    }
}
