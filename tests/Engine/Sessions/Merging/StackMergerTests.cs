using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Sessions.Merging;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Merging;

/// <summary>The rules of merging, with stacks written out: native frames by name, Python frames in upper case, an entry frame with a star.</summary>
public sealed class StackMergerTests
{
    private const string Loop = "_PyEval_EvalFrameDefault";

    private static readonly PythonVersion Version = new(3, 12, 1);

    [Fact]
    public void Each_loop_is_replaced_by_an_entry_frame_and_what_it_runs()
        => Assert.Equal(
            "main A B qsort compare C read",
            Merge("*A B *C", $"main {Loop} cfunction_call qsort compare PyObject_Call {Loop} _Py_read read"));

    [Fact]
    public void The_call_machinery_is_left_out_between_Python_frames_alone()
        => Assert.Equal(
            "_PyRun_File main A method B gc_collect_main _Py_Dealloc",
            Merge(
                "*A *B",
                $"_PyRun_File main PyEval_EvalCode {Loop} method_vectorcall_O _PyObject_Call method slot_tp_call {Loop} PyObject_Call gc_collect_main _Py_Dealloc"));

    [Fact]
    public void More_loops_than_entry_frames_are_not_merged()
        => Assert.Null(Merge("*A B", $"main {Loop} {Loop} read"));

    [Fact]
    public void Fewer_loops_than_entry_frames_are_not_merged()
        => Assert.Null(Merge("*A *B", $"main {Loop} read"));

    [Fact]
    public void A_part_of_a_loop_that_the_compiler_split_off_is_the_loop()
        => Assert.Equal("main A read", Merge("*A", $"main {Loop}.cold read"));

    [Fact]
    public void An_instruction_that_is_a_function_belongs_to_the_loop_that_called_it()
        => Assert.Equal(
            "main A f B read", Merge("*A *B", $"main {Loop} _TAIL_CALL_CALL.llvm.123 f _TAIL_CALL_CALL_PY_EXACT_ARGS.llvm.5 read"));

    [Fact]
    public void Before_3_6_the_loop_has_another_name()
        => Assert.Equal("main A read", Merge("*A", "main PyEval_EvalFrameEx read", new PythonVersion(2, 7, 18)));

    [Fact]
    public void A_thread_without_Python_frames_shows_all_of_its_native_ones()
        => Assert.Equal("clone start_thread _Py_wait read", Merge("", "clone start_thread _Py_wait read"));

    [Fact]
    public void A_hidden_frame_counts_and_is_not_shown()
        => Assert.Equal("main A read", Merge("*A *(B)", $"main {Loop} {Loop} read"));

    [Fact]
    public void Only_the_last_native_frames_stand_where_only_they_are_wanted()
        => Assert.Equal("A B C read", Merge("*A B *C", $"main {Loop} qsort {Loop} read", lastOnly: true));

    [Fact]
    public void A_loop_without_a_name_is_where_its_shim_stands()
        => Assert.Equal("main A f B read", Merge("*A@950 *B@720", "main ??? f ??? read"));

    [Fact]
    public void A_loop_that_has_no_frame_yet_is_left_out()
        => Assert.Equal("main A f", Merge("*A@950", $"main {Loop} f {Loop}")?.Replace(" _PyEval_EvalFrameDefault", "", System.StringComparison.Ordinal));

    [Fact]
    public void Two_shims_in_one_frame_are_not_merged()
        => Assert.Null(Merge("*A@950 *B@910", "main ??? f read"));

    [Fact]
    public void Interpreters_on_one_thread_are_ordered_by_where_their_loops_stand()
    {
        List<PythonFrame>[] parts = [Python("*A@100 *B@700"), Python("*X@400")];

        Assert.True(new StackMerger(Version, lastOnly: false).TryMerge(
            parts, Native($"main {Loop} enter {Loop} back {Loop} read"), out List<MergedFrame>[] merged, out int[] order, out _));

        // The stack grows downwards, so the frame at 700 is the outermost.
        Assert.Equal([0, 1], order);
        Assert.Equal("main A back B read".Split(' ').Order(), Text(merged[0]).Split(' ').Order());
        Assert.Equal("enter X", Text(merged[1]));
    }

    private static string? Merge(string python, string native, PythonVersion? version = null, bool lastOnly = false)
    {
        StackMerger merger = new(version ?? Version, lastOnly);
        return merger.TryMerge([Python(python)], Native(native), out List<MergedFrame>[] merged, out _, out _) ? Text(merged[0]) : null;
    }

    private static string Text(List<MergedFrame> frames)
        => string.Join(' ', frames.Select(frame => frame.IsNative ? frame.Native.Function : frame.Python.Code.Name));

    private static List<PythonFrame> Python(string frames)
        => [.. frames.Split(' ', System.StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            string[] parts = text.Split('@');
            string name = parts[0].Trim('*', '(', ')');
            ulong anchor = parts.Length > 1 ? ulong.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
            return new PythonFrame(Code(name), default, text.StartsWith('*'), text.Contains('(', System.StringComparison.Ordinal), anchor);
        })];

    private static CodeObject Code(string name) => new(name, null, "f.py", 1, 0, default, []);

    private static NativeStack Native(string frames)
        => new(
            [.. frames.Split(' ').Select((name, i) => new NativeFrame(0, name, name, null, 0, "lib", false, i, new AddressRange(1000 - (100 * (ulong)i), 1100 - (100 * (ulong)i)), FrameSource.CallFrameInformation))],
            UnwindEnd.Complete,
            NativeMoment.SameAsPython);
}
