using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>Every number of every layout against the debug information of a real interpreter, as gdb reads it.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string, string> Files => LocalInterpreters.WithDebugInformation();

    public static TheoryData<string> Series => [.. InterpreterSet.Series.Select(one => $"{one.Major}.{one.Minor}")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_offset_and_bit_is_what_the_debug_information_says(string series, string file)
    {
        LocalInterpreters.SkipIfNone(file);
        PythonLayout layout = Layout(series);
        List<LayoutField> fields = LayoutFields.Of(layout);
        DebugInformation truth = DebugInformation.Of(file, fields);
        List<string> wrong = [];
        foreach (LayoutField field in fields)
        {
            long? value = truth.Values.TryGetValue(field.Name, out long found) ? found : null;
            if (value != field.Value)
            {
                wrong.Add($"{field.Name} is {Text(value)}, not {Text(field.Value)}");
            }
        }

        Assert.Empty(wrong);
        if (layout.Unicode is null)
        {
            return;
        }

        int state = layout.Unicode.State * 8;
        Assert.Equal(("KindBit", truth.Bits["kind"]), ("KindBit", (state + layout.Unicode.KindBit, 3)));
        Assert.Equal(("CompactBit", truth.Bits["compact"]), ("CompactBit", (state + layout.Unicode.CompactBit, 1)));
        Assert.Equal(("AsciiBit", truth.Bits["ascii"]), ("AsciiBit", (state + layout.Unicode.AsciiBit, 1)));
    }

    [Theory]
    [MemberData(nameof(Series))]
    public void What_is_read_in_one_go_holds_every_field_of_the_struct(string series)
    {
        PythonLayout layout = Layout(series);
        (string Prefix, int Size)[] structs =
        [
            ("Interpreter.", layout.Interpreter.Size), ("Thread.", layout.Thread.Size), ("Frame.", layout.Frame.Size), ("Code.", layout.Code.Size),
        ];
        foreach ((string prefix, int size) in structs)
        {
            foreach (LayoutField field in LayoutFields.Of(layout).Where(field => field.Name.StartsWith(prefix, StringComparison.Ordinal) && field.Width > 0))
            {
                Assert.True(field.Value is null || field.Value + field.Width <= size, $"{field.Name} ends behind {prefix}Size = {size}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Series))]
    public void A_thread_has_one_way_to_its_frames_and_a_frame_one_to_its_instruction(string series)
    {
        PythonLayout layout = Layout(series);
        int minor = layout.Version.Major == 2 ? 0 : layout.Version.Minor;
        Assert.Equal(minor <= 10, layout.Thread.Frame is not null);
        Assert.Equal(minor is 11 or 12, layout.Thread.CFrame is not null && layout.Thread.CFrameCurrentFrame is not null);
        Assert.Equal(minor >= 13, layout.Thread.CurrentFrame is not null);
        Assert.Equal(minor <= 10, layout.Frame.LastInstruction is not null && layout.Frame.LastInstructionUnit is not null);
        Assert.Equal(minor >= 11, layout.Frame.InstructionPointer is not null && layout.Code.Bytecode is not null);
        Assert.Equal(minor is >= 7 and <= 11, layout.Runtime.GilCurrentThread is not null);
        Assert.Equal(minor >= 7, layout.Runtime.IsStruct);
        Assert.Equal(minor >= 7, layout.Interpreter.Id is not null);
        Assert.Equal(minor >= 6, layout.Unicode is not null);
        Assert.Equal(minor >= 12, layout.Interpreter is { Gil: not null, GilLocked: not null, GilLastHolder: not null });
        Assert.Equal(minor == 0 ? LineTableKind.UnsignedLnotab : minor <= 9 ? LineTableKind.Lnotab : minor == 10 ? LineTableKind.Ranges : LineTableKind.Locations, layout.Code.LineTableKind);
        Assert.Equal(minor <= 9 ? 1 : minor == 10 ? 2 : null, layout.Frame.LastInstructionUnit);
        Assert.Equal(minor >= 14 ? 3ul : 0ul, layout.Frame.CodeTagMask);
    }

    [Theory]
    [MemberData(nameof(Series))]
    public void On_aarch64_only_what_stands_behind_the_gils_mutexes_moves(string series)
    {
        PythonVersion version = Layout(series).Version;
        Assert.True(LayoutCatalogue.TryGet(version, ElfMachine.X64, out PythonLayout x64));
        Assert.True(LayoutCatalogue.TryGet(version, ElfMachine.Arm64, out PythonLayout arm64));
        Assert.Equal(x64.Runtime.GilCurrentThread + 16, arm64.Runtime.GilCurrentThread);
        Assert.Equal(x64, arm64 with { Runtime = x64.Runtime });
        Assert.True(x64.DebugOffsets is null || x64 == arm64, $"the debug offsets of {series} complete a layout of any processor");
    }

    [Fact]
    public void The_catalogue_has_each_series_once_in_the_order_of_versions_and_the_tests_know_all_of_them()
    {
        (int, int)[] known = [.. LayoutCatalogue.All.Select(layout => (layout.Version.Major, layout.Version.Minor))];
        Assert.Equal(known.Distinct().Order(), known);
        Assert.Equal(InterpreterSet.Series, known);
    }

    [Fact]
    public void A_layout_says_where_its_debug_offsets_stand_from_3_13_on()
    {
        IEnumerable<PythonLayout> wrong = LayoutCatalogue.All.Where(layout => layout.DebugOffsets is null == layout.Version >= new PythonVersion(3, 13));

        Assert.Empty(wrong.Select(layout => $"DebugOffsets of {layout.Version}"));
    }

    [Theory]
    [InlineData(2, 6)]
    [InlineData(3, 0)]
    [InlineData(3, 5)]
    [InlineData(3, 99)]
    [InlineData(2, 8)]
    [InlineData(4, 8)]
    public void A_series_that_nobody_measured_has_no_layout(int major, int minor)
        => Assert.False(LayoutCatalogue.Knows(new PythonVersion(major, minor)));

    [Fact]
    public void The_supported_series_are_told_in_words() => Assert.Equal("2.7 and 3.6 to 3.15", LayoutCatalogue.Supported);

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "absent";

    private static PythonLayout Layout(string series)
    {
        int[] parts = [.. series.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        Assert.True(LayoutCatalogue.TryGet(new PythonVersion(parts[0], parts[1]), ProcessorCatalogue.OfObserver.Machine, out PythonLayout layout), series);
        return layout;
    }
}
