using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Runtime;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>Debug offsets as a damaged or hostile process could hold them: refused with a reason, or harmless.</summary>
public sealed class BadDebugOffsetsTests
{
    private const int Mutations = 20_000;

    private static readonly ulong[] s_nastyValues =
    [
        0, 1, 2, 4, 7, 8, 9, 16, 64, 72, 80, 255, 4096, 65_536, 65_537, 1 << 26, (1 << 26) + 8, int.MaxValue, 0x8000_0000, uint.MaxValue, 0x1_0000_0008,
        long.MaxValue, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fff8, ulong.MaxValue,
    ];

    [Theory]
    [InlineData("cookie", 0x7970_6775_6265_6479, "no cookie")]
    [InlineData("version", 0x03_0c_01_f0, "version")] // 3.12 has none
    [InlineData("version", 0x02_0d_00_f0, "version")]
    [InlineData("version", 0x04_00_00_f0, "version")]
    [InlineData("version", 0x03_0e_00_10, "version")] // no such release level
    [InlineData("version", 0x1_030e_00f0, "version")] // more than 32 bits
    [InlineData("free_threaded", 2, "free_threaded")]
    [InlineData("runtime_state.size", 1L << 40, "RuntimeSize")] // absurd sizes
    [InlineData("runtime_state.size", 0, "RuntimeSize")]
    [InlineData("interpreter_state.size", 20_001, "InterpreterSize")]
    [InlineData("thread_state.size", 1 << 20, "ThreadSize")]
    [InlineData("interpreter_frame.size", -8, "FrameSize")]
    [InlineData("code_object.size", 8, "CodeSize")]
    [InlineData("gc.size", 100_000, "GcSize")]
    [InlineData("runtime_state.interpreters_head", 400_000, "RuntimeInterpretersHead")] // outside of the struct
    [InlineData("interpreter_state.id", 199_996, "InterpreterId")]
    [InlineData("interpreter_state.gc", -200, "InterpreterGc")]
    [InlineData("interpreter_state.ceval_gil", long.MinValue, "InterpreterCevalGil")]
    [InlineData("thread_state.native_thread_id", 888, "ThreadNativeThreadId")]
    [InlineData("interpreter_frame.owner", 88, "FrameOwner")]
    [InlineData("code_object.firstlineno", 214, "CodeFirstLineNo")]
    [InlineData("gc.collecting", 240, "GcCollecting")]
    [InlineData("thread_state.current_frame", 76, "ThreadCurrentFrame")] // unaligned
    [InlineData("interpreter_frame.executable", 1, "FrameExecutable")]
    [InlineData("code_object.co_code_adaptive", 209, "CodeCodeAdaptive")]
    [InlineData("interpreter_state.gil_runtime_state_locked", 7770, "InterpreterGilRuntimeStateLocked")]
    [InlineData("thread_state.next", 16, "ThreadInterp")] // one on the other
    [InlineData("code_object.firstlineno", 116, "CodeFirstLineNo")]
    [InlineData("interpreter_state.gil_runtime_state", 7000, "gil_runtime_state")] // not what all versions have in common
    [InlineData("interpreter_state.builtins", 100_000, "interpreter_state")] // too far apart to be read at once
    [InlineData("pyobject.ob_type", 0, "pyobject.ob_type")]
    [InlineData("type_object.tp_name", 32, "type_object.tp_name")]
    [InlineData("unicode_object.length", 24, "unicode_object.length")]
    [InlineData("unicode_object.asciiobject_size", 32, "unicode_object.asciiobject_size")]
    [InlineData("unicode_object.asciiobject_size", 64, "unicode_object.asciiobject_size")]
    [InlineData("bytes_object.ob_size", 8, "bytes_object.ob_size")]
    [InlineData("bytes_object.ob_sval", 39, "bytes_object.ob_sval")]
    public void A_value_that_cannot_be_is_refused_and_named(string member, long value, string named)
    {
        foreach (int minor in DebugOffsetsTests.Minors)
        {
            DebugOffsetsBlock block = new(minor, DebugOffsetsTests.Known(minor)) { [member] = unchecked((ulong)value) };
            Assert.False(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out string problem));
            Assert.Contains(named, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_str_whose_head_is_larger_than_any_is_refused()
    {
        foreach (int minor in DebugOffsetsTests.Minors)
        {
            DebugOffsetsBlock block = new(minor, DebugOffsetsTests.Known(minor)) { ["unicode_object.size"] = 2048, ["unicode_object.asciiobject_size"] = 1024 };
            Assert.False(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out string problem));
            Assert.Contains("unicode_object.asciiobject_size", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(DebugOffsetsTests.Series), MemberType = typeof(DebugOffsetsTests))]
    public void A_block_that_ends_too_soon_is_refused_and_one_that_just_fits_is_not(int minor)
    {
        DebugOffsetsBlock block = new(minor, DebugOffsetsTests.Known(minor));
        int length = block.Length;
        block.Truncate(minor == 13 ? length : length + 64); // 3.14 and later have members behind the last that is written here
        if (minor == 13)
        {
            Assert.True(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out string problem), problem);
        }

        foreach (int end in (int[])[length - 1, length - 8, 100, 24, 23, 8, 0])
        {
            block.Truncate(end);
            Assert.False(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out string problem));
            Assert.Contains("cannot be read", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_block_that_becomes_another_versions_between_two_reads_is_refused()
    {
        DebugOffsetsBlock block = new(15, DebugOffsetsTests.Known(15));
        int reads = 0;
        block.AfterRead = () => block["version"] = new PythonVersion(3, 13, 0, 0xF, ++reads).Hex;
        Assert.False(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out string problem));
        Assert.Contains("changed", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13, 14)]
    [InlineData(13, 15)]
    [InlineData(14, 13)]
    [InlineData(14, 15)]
    [InlineData(15, 13)]
    [InlineData(15, 14)]
    public void A_block_of_another_format_than_its_version_says_is_refused(int minor, int said)
    {
        DebugOffsetsBlock block = new(minor, DebugOffsetsTests.Known(minor)) { ["version"] = new PythonVersion(3, said).Hex };
        Assert.False(DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out _, out _));
    }

    [Theory]
    [MemberData(nameof(DebugOffsetsTests.Series), MemberType = typeof(DebugOffsetsTests))]
    public void Whatever_is_written_into_a_block_it_is_refused_or_harmless(int minor)
    {
        PythonLayout known = DebugOffsetsTests.Known(minor);
        int taken = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            Random random = new(seed);
            DebugOffsetsBlock block = new(minor, known);
            string[] names = [.. block.Names];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                string name = names[random.Next(names.Length)];
                block[name] = random.Next(3) switch
                {
                    0 => s_nastyValues[random.Next(s_nastyValues.Length)],
                    1 => block[names[random.Next(names.Length)]],
                    _ => block[name] ^ (1ul << random.Next(64)),
                };
            }

            if (DebugOffsets.TryRead(block, DebugOffsetsBlock.Address, out DebugOffsets offsets, out string problem)
                && offsets.TryApply(known, out PythonLayout layout, out problem))
            {
                taken++;
                CheckHarmless(layout, seed);
            }
            else
            {
                Assert.True(problem.Length is > 0 and < 300, $"seed {seed}: {problem}");
            }
        }

        Assert.InRange(taken, Mutations / 20, Mutations - (Mutations / 20));
    }

    private static void CheckHarmless(PythonLayout layout, int seed)
    {
        (string Name, int Size, int Limit)[] structs =
        [
            ("Interpreter.", layout.Interpreter.Size, 64 << 10), ("Thread.", layout.Thread.Size, 64 << 10),
            ("Frame.", layout.Frame.Size, 64 << 10), ("Code.", layout.Code.Size, 64 << 10), ("", 64 << 20, 64 << 20),
        ];
        List<LayoutField> fields = LayoutFields.Of(layout);
        foreach ((string name, int size, int limit) in structs)
        {
            Assert.True(size > 0 && size <= limit, $"seed {seed}: {name}Size = {size}");
            foreach (LayoutField field in fields.Where(field => field.Name.StartsWith(name, StringComparison.Ordinal) && field.Value is not null))
            {
                bool isInside = field.Value >= 0 && (field.Width == 0 || field.Value + field.Width <= size) && field.Value % Math.Clamp(field.Width, 1, sizeof(ulong)) == 0;
                Assert.True(isInside, $"seed {seed}: {field.Name} = {field.Value} of {size}");
            }
        }
    }
}
