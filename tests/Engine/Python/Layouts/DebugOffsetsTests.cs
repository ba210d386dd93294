using System;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>The interpreter's own debug offsets: written by hand, good and bad, and those of the machine's interpreters.</summary>
public sealed class DebugOffsetsTests
{
    public static TheoryData<int> Series => [.. Minors];

    /// <summary>The minor versions that have debug offsets, oldest first.</summary>
    internal static int[] Minors { get; } = [.. LayoutCatalogue.All.Where(layout => layout.DebugOffsets is not null).Select(layout => layout.Version.Minor)];

    public static TheoryData<string, string> Files => LocalInterpreters.WithDebugOffsets();

    /// <summary>A member of the block, a value that it may have, and what of the layout tells it (apart from the sizes).</summary>
    public static TheoryData<string, int, string> Members => new()
    {
        { "runtime_state.finalizing", 1608, "Runtime.Finalizing" },
        { "runtime_state.interpreters_head", 1632, "Runtime.InterpretersHead" },
        { "interpreter_state.id", 8272, "Interpreter.Id" },
        { "interpreter_state.next", 8264, "Interpreter.Next" },
        { "interpreter_state.threads_head", 8344, "Interpreter.ThreadsHead" },
        { "interpreter_state.gc", 8400, "Interpreter.GcCollecting" },
        { "interpreter_state.imports_modules", 8656, "Interpreter.Modules" },
        { "interpreter_state.sysdict", 8640, "Interpreter.SysDict" },
        { "interpreter_state.builtins", 8648, "Interpreter.Builtins" },
        { "interpreter_state.ceval_gil", 4016, "Interpreter.Gil" },
        { "interpreter_state.gil_runtime_state_locked", 7784, "Interpreter.GilLocked" },
        { "interpreter_state.gil_runtime_state_holder", 7792, "Interpreter.GilLastHolder" },
        { "gc.collecting", 96, "Interpreter.GcCollecting" },
        { "thread_state.next", 208, "Thread.Next" },
        { "thread_state.interp", 216, "Thread.Interpreter" },
        { "thread_state.current_frame", 272, "Thread.CurrentFrame" },
        { "thread_state.thread_id", 352, "Thread.ThreadId" },
        { "thread_state.native_thread_id", 360, "Thread.NativeThreadId" },
        { "interpreter_frame.previous", 24, "Frame.Previous" },
        { "interpreter_frame.executable", 32, "Frame.Code" },
        { "interpreter_frame.instr_ptr", 40, "Frame.InstructionPointer" },
        { "interpreter_frame.owner", 77, "Frame.Owner" },
        { "interpreter_frame.localsplus", 64, "Locals.FrameSlots" },
        { "code_object.filename", 152, "Code.FileName" },
        { "code_object.name", 160, "Code.Name" },
        { "code_object.qualname", 168, "Code.QualifiedName" },
        { "code_object.linetable", 176, "Code.LineTable" },
        { "code_object.firstlineno", 92, "Code.FirstLine" },
        { "code_object.co_code_adaptive", 210, "Code.Bytecode" },
        { "code_object.argcount", 204, "Locals.ArgumentCount" },
        { "code_object.localsplusnames", 192, "Locals.Names" },
        { "code_object.localspluskinds", 184, "Locals.Kinds" },
        { "tuple_object.ob_item", 16, "Values.TupleItems" },
        { "list_object.ob_item", 32, "Values.ListItems" },
        { "dict_object.ma_keys", 16, "Values.DictKeys" },
        { "long_object.ob_digit", 28, "Values.LongDigits" },
        { "type_object.tp_flags", 176, "Object.TypeFlags" },
        { "unicode_object.state", 24, "Unicode.State" },
        { "unicode_object.asciiobject_size", 48, "Unicode.AsciiData" },
        { "bytes_object.ob_sval", 24, "Bytes.Data" },
    };

    [Theory]
    [MemberData(nameof(Series))]
    public void A_block_that_agrees_with_the_catalogue_gives_the_catalogues_layout(int minor)
    {
        PythonLayout known = Known(minor);
        DebugOffsetsBlock block = new(minor, known);
        Assert.True(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out DebugOffsets offsets, out string problem), problem);
        Assert.Equal("", problem);
        Assert.Equal(known.Version, offsets.Version);
        Assert.False(offsets.IsFreeThreaded);
        Assert.True(offsets.TryApply(known, out PythonLayout layout, out problem), problem);
        Assert.Equal(LayoutFields.Of(known), LayoutFields.Of(layout));
        Assert.Equal(known, layout with { Frame = known.Frame }); // the frame's Size is not told by the block
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void Every_member_moves_the_field_that_it_names_and_no_other(string member, int value, string field)
    {
        foreach (int minor in Minors)
        {
            PythonLayout known = Known(minor);
            DebugOffsetsBlock block = new(minor, known);
            int change = value - (int)block[member];
            Assert.NotEqual(0, change);
            block[member] = (ulong)value;
            PythonLayout layout = Apply(block, known);
            foreach ((LayoutField before, LayoutField after) in Enumerable.Zip(LayoutFields.Of(known), LayoutFields.Of(layout)))
            {
                Assert.Equal((before.Name, before.Value + (before.Name == field ? change : 0)), (after.Name, after.Value));
            }
        }
    }

    [Fact]
    public void Members_that_stand_for_several_fields_move_all_of_them()
    {
        foreach (int minor in Minors)
        {
            DebugOffsetsBlock block = new(minor, Known(minor));

            // What a free-threaded build's objects look like: 16 bytes more in front of ob_type (object.h, 3.13).
            block["pyobject.size"] = 32;
            block["pyobject.ob_type"] = 24;
            block["type_object.tp_name"] = 40;
            block["unicode_object.length"] = 32;
            block["unicode_object.state"] = 48;
            block["unicode_object.asciiobject_size"] = 56;
            block["unicode_object.size"] = 80;
            block["bytes_object.ob_size"] = 32;
            block["bytes_object.ob_sval"] = 48;
            block["bytes_object.size"] = 56;
            PythonLayout layout = Apply(block, Known(minor));
            Assert.Equal((24, 32, 40), (layout.Object.Type, layout.Object.VarSize, layout.Object.TypeName));
            Assert.Equal((32, 48, 56), (layout.Unicode!.Length, layout.Unicode.State, layout.Unicode.AsciiData));
            Assert.Equal((72, 72, 48), (layout.Unicode!.CompactData, layout.Unicode.LegacyData, layout.Bytes.Data));
        }

        DebugOffsetsBlock newest = new(Minors[^1], Known(Minors[^1]));
        newest["thread_state.base_frame"] = 400;
        PythonLayout moved = Apply(newest, Known(Minors[^1]));
        Assert.Equal(400, moved.Thread.BaseFrame);
        Assert.Equal(408, moved.Thread.Size);
        newest["dict_object.ma_values"] = 24;
        newest["set_object.table"] = 64;
        newest["type_object.tp_dictoffset"] = 400;
        newest["heap_type_object.ht_cached_keys"] = 904;
        moved = Apply(newest, Known(Minors[^1]));
        Assert.Equal((24, 64, 400, 904), (moved.Values.DictValues, moved.Values.SetTable, moved.Values.TypeDictOffset, moved.Values.TypeCachedKeys));
        newest["gen_object.gi_iframe"] = 88;
        newest["gen_object.gi_frame_state"] = 83;
        moved = Apply(newest, Known(Minors[^1]));
        Assert.Equal((88, 83), (moved.Generator.InlineFrame, moved.Generator.State));
    }

    [Fact]
    public void The_blocks_micro_version_is_the_layouts()
    {
        DebugOffsetsBlock block = new(14, Known(14));
        block["version"] = new PythonVersion(3, 14, 77).Hex;
        Assert.Equal("3.14.77", Apply(block, Known(14)).Version.ToString());
    }

    [Fact]
    public void A_series_newer_than_all_is_read_as_the_newest_that_we_know()
    {
        int newest = Minors[^1];
        DebugOffsetsBlock block = new(newest, Known(newest));
        block["version"] = new PythonVersion(3, newest + 1, 0, 0xA, 3).Hex;
        Assert.Equal($"3.{newest + 1}.0a3", Apply(block, Known(newest)).Version.ToString());
    }

    // cpython/code.h of 3.16: _co_firsttraceable, padding and co_extra are before co_code_adaptive; in free-threaded builds co_tlbc as well.
    [Theory]
    [InlineData(0, 240, 224)]
    [InlineData(1, 256, 232)]
    public void What_a_newer_series_does_not_say_is_taken_from_what_it_says_or_left_out(ulong isFreeThreaded, int bytecode, int firstTraceable)
    {
        int newest = Minors[^1];
        DebugOffsetsBlock block = new(newest, Known(newest)) { ["free_threaded"] = isFreeThreaded };
        block["version"] = new PythonVersion(3, newest + 1).Hex;
        block["code_object.size"] = 264;
        block["code_object.co_code_adaptive"] = (ulong)bytecode;
        block["code_object.co_tlbc"] = 248;
        block["interpreter_frame.tlbc_index"] = 76;
        block["heap_type_object.ht_cached_keys"] = 912;
        block["set_object.mask"] = 24;
        Assert.True(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out DebugOffsets offsets, out string problem), problem);
        Assert.True(offsets.TryComplete(out PythonLayout layout, out problem), problem);

        Assert.Equal((bytecode, firstTraceable), (layout.Code.Bytecode, layout.Code.FirstTraceable));
        Assert.True(layout.Code.Size >= firstTraceable + 4);
        Assert.Equal((912, 24), (layout.Values.TypeCachedKeys, layout.Values.SetMask));
        Assert.Null(layout.Values.TypeQualifiedName);
    }

    [Fact]
    public void A_block_completes_the_layout_of_its_own_series_only()
    {
        Assert.True(DebugOffsets.TryRead(new DebugOffsetsBlock(14, Known(14)), DebugOffsetsBlock.Address, out DebugOffsets offsets, out _));
        Assert.False(offsets.TryApply(Known(13), out PythonLayout layout, out string problem));
        Assert.Same(Known(13), layout);
        Assert.Contains("3.14", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_free_threaded_interpreter_has_its_own_string_bits_and_copies_of_the_bytecode()
    {
        DebugOffsetsBlock block = new(14, Known(14)) { ["free_threaded"] = 1 };
        block["interpreter_frame.tlbc_index"] = 80;
        block["code_object.co_tlbc"] = 200;
        Assert.True(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out DebugOffsets offsets, out string problem), problem);
        Assert.True(offsets.IsFreeThreaded);
        PythonLayout layout = Apply(block, Known(14));

        // cpython/unicodeobject.h of 3.14 with Py_GIL_DISABLED: interned is a byte of its own in front of kind:3, compact:1, ascii:1.
        Assert.Equal((8, 11, 12), (layout.Unicode!.KindBit, layout.Unicode!.CompactBit, layout.Unicode!.AsciiBit));
        Assert.Equal((80, 200), (layout.Frame.BytecodeIndex, layout.Code.BytecodeCopies));
        Assert.Equal(Known(14).Code.FirstTraceable + 16, layout.Code.FirstTraceable);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_offsets_of_a_real_interpreter_are_taken(string version, string file)
    {
        LocalInterpreters.SkipIfNone(file);
        Assert.True(MappedFile.TryOpen(file, out MappedFile? mapped, out string problem), problem);
        using (mapped)
        {
            Assert.True(ElfImage.TryFromFile(mapped, Limits.Default, out ElfImage? image, out problem), problem);
            Assert.True(image.TryFindSection(".PyRuntime", out SectionHeader section));
            Assert.True(DebugOffsets.TryRead(image.AddressSpace, section.Address, out DebugOffsets offsets, out problem), problem);
            Assert.Equal(version, offsets.Version.ToString());
            PythonLayout known = Known(int.Parse(version.Split('.')[1], CultureInfo.InvariantCulture));
            Assert.True(offsets.TryApply(known, out PythonLayout layout, out problem), problem);
            Assert.Equal(version, layout.Version.ToString());
            if (known.Version == offsets.Version)
            {
                Assert.Equal(LayoutFields.Of(known), LayoutFields.Of(layout));
                Assert.Equal(known.Interpreter.Size, layout.Interpreter.Size);
                Assert.Equal(known.Thread.Size, layout.Thread.Size);
                Assert.Equal(known.Code.Size, layout.Code.Size);
            }
        }
    }

    internal static PythonLayout Known(int minor)
    {
        Assert.True(LayoutCatalogue.TryGet(new PythonVersion(3, minor), ElfMachine.X64, out PythonLayout layout));
        return layout;
    }

    private static PythonLayout Apply(DebugOffsetsBlock block, PythonLayout baseline)
    {
        Assert.True(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out DebugOffsets offsets, out string problem), problem);
        Assert.True(offsets.TryApply(baseline, out PythonLayout layout, out problem), problem);
        return layout;
    }
}
