using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf.CallFrames;

/// <summary>Rows of real binaries are what readelf says that they are.</summary>
public sealed partial class ReadelfTests
{
    // The names that readelf gives the registers of x86-64, by their DWARF numbers.
    private static readonly string[] Names =
        ["rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "ra"];

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void In_interpreters_and_libraries(string path) => AssertAgrees(path, every: 37);

    [Theory]
    [InlineData("-O2 -g")]
    [InlineData("-O0")]
    [InlineData("-O2 -g -fno-asynchronous-unwind-tables -fno-unwind-tables")]
    [InlineData("-O3 -fcf-protection -Wl,--no-eh-frame-hdr")]
    [InlineData("-O2 -mavx2 -mstackrealign")]
    public void In_a_library_however_it_is_compiled(string flags)
        => AssertAgrees(
            Toolchain.Shared("lib.so", File.ReadAllText(Programs.PathOf("native.c")), ["-shared", "-fPIC", "-pthread", .. flags.Split(' ')]),
            every: 1);

    private static void AssertAgrees(string path, int every)
    {
        Assert.True(MappedFile.TryOpen(path, out MappedFile? file, out string problem), problem);
        using MappedFile opened = file;
        Assert.True(ElfImage.TryFromFile(opened, Limits.Default, out ElfImage? image, out problem), problem);
        Assert.SkipUnless(image.Machine == ElfMachine.X64, "the names of registers in readelf's output are those of x86-64 here");
        CallFrameTable table = CallFrameTable.FromFile(image, opened, Limits.Default, BinaryBudget.Of(Limits.Default));
        CallFrameRow row = new();
        int compared = 0;
        string[] columns = [];
        int function = 0;
        foreach (string line in Toolchain.Run("readelf", "--debug-dump=frames-interp", path).Split('\n'))
        {
            if (line.Contains(" FDE ", StringComparison.Ordinal) || line.Contains(" CIE ", StringComparison.Ordinal))
            {
                // Negative while a CIE is listed, whose rows hold for no address.
                function = line.Contains(" FDE ", StringComparison.Ordinal) ? Math.Abs(function) + 1 : -Math.Abs(function);
                columns = [];
            }
            else if (line.TrimStart().StartsWith("LOC", StringComparison.Ordinal))
            {
                columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            else if (function > 0 && function % every == 0 && columns.Length > 0 && Row().IsMatch(line))
            {
                string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                ulong address = ulong.Parse(cells[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                Assert.True(table.TryFindRow(address, row), $"{path}: no row at {address:x}, readelf says {line}");
                Assert.Equal(string.Join(' ', cells), Describe(address, row, columns, cells));
                compared++;
            }
        }

        Assert.True(compared > 5, $"{compared} rows of {path} were compared");
    }

    // As readelf writes it: "u" for no rule, "c-16" for a place below the CFA, "exp" and "vexp" for expressions.
    private static string Describe(ulong address, CallFrameRow row, string[] columns, string[] expected)
    {
        string width = expected[0].Length.ToString(CultureInfo.InvariantCulture);
        List<string> cells = [address.ToString("x" + width, CultureInfo.InvariantCulture)];
        cells.Add(row.Cfa.Kind == CfaKind.Expression ? "exp" : $"{Names[row.Cfa.Register]}{row.Cfa.Operand:+0;-0;+0}");
        foreach (string column in columns.Skip(2))
        {
            RegisterRule rule = row.RuleOf(Array.IndexOf(Names, column));
            cells.Add(rule.Kind switch
            {
                RegisterRuleKind.Offset => $"c{rule.Operand:+0;-0;+0}",
                RegisterRuleKind.ValueOffset => $"v{rule.Operand:+0;-0;+0}",
                RegisterRuleKind.Expression => "exp",
                RegisterRuleKind.ValueExpression => "vexp",
                RegisterRuleKind.SameValue => "s",
                RegisterRuleKind.Register => Names[rule.Operand],
                _ => "u",
            });
        }

        return string.Join(' ', cells);
    }

    [GeneratedRegex("^[0-9a-f]{16} ")]
    private static partial Regex Row();
}
