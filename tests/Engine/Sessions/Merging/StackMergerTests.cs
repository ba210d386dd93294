using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Merging;

/// <summary>The rules of merging, with stacks written out: native frames by name, Python frames in upper case, an entry frame with a star,
/// a linked generator with a tilde, another one with a plus.</summary>
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

    [Theory]
    [InlineData("*A B", $"main {Loop} {Loop} read")]
    [InlineData("*A *B", $"main {Loop} read")]
    public void Where_loops_and_entry_frames_differ_all_is_shown_with_the_reason(string python, string native)
    {
        MergeOutcome outcome = MergeAll(python, native);

        Assert.Contains("calls of the evaluation loop", outcome.Failure, System.StringComparison.Ordinal);
        Assert.Equal($"A B {native}", Text(outcome.Parts[0]));
    }

    [Fact]
    public void Where_only_the_last_native_frames_are_wanted_and_nothing_fits_those_after_the_innermost_loop_are_shown()
        => Assert.Equal("A B g read", Text(MergeAll("*A *B", $"main f {Loop} _Py_read g read", lastOnly: true).Parts[0]));

    [Fact]
    public void A_stack_in_which_no_loop_has_a_name_says_so()
        => Assert.Contains("no such symbol", MergeAll("*A", "main ??? read").Failure, System.StringComparison.Ordinal);

    [Theory]
    [InlineData("*A *B", $"main {Loop} lib:_Py_EnterRecursiveCall", true)] // about to enter or leave a loop
    [InlineData("*A *B", $"main {Loop} libc:read", false)] // it waits: it will be the same the next time
    [InlineData("*A *B *C", $"main {Loop} lib:f", false)]
    [InlineData("*A *B", "main lib:f", false)]
    public void Another_capture_can_help_only_a_thread_that_runs_between_a_loop_and_its_frame(string python, string native, bool mayMerge)
        => Assert.Equal(mayMerge, MergeAll(python, native).MayMergeNextTime);

    [Fact]
    public void A_generator_that_throw_has_linked_has_no_loop_and_stands_where_it_was_thrown_through()
        => Assert.Equal(
            "main A f gen_throw _gen_throw B _gen_throw C _gen_throw gen_send_ex D read",
            Merge("*A *~B *~C *D", $"main {Loop} f gen_throw _gen_throw _gen_throw _gen_throw gen_send_ex {Loop} read"));

    [Fact]
    public void Where_the_functions_of_throw_have_no_names_linked_generators_stand_before_the_one_that_runs()
        => Assert.Equal("main A f ??? ??? B C D read", Merge("*A *~B *~C *D", $"main {Loop} f ??? ??? {Loop} read"));

    [Fact]
    public void From_3_12_on_the_calls_of_throw_tell_which_generators_it_has_linked()
        => Assert.Equal(
            "main A f _gen_throw B _gen_throw gen_send_ex C read", Merge("*A +B *+C", $"main {Loop} f _gen_throw _gen_throw gen_send_ex {Loop} read"));

    [Fact]
    public void A_generator_that_runs_under_a_trace_function_has_its_loop()
        => Assert.Equal("main A B f C read", Merge("*A *~B *C", $"main {Loop} {Loop} f {Loop} read"));

    [Fact]
    public void Where_a_linked_generator_has_no_link_to_its_callers_their_loops_stand_outside_of_it()
        => Assert.Equal($"main {Loop} f {Loop} A gen_throw B C read", Merge("*~A *B *C", $"main {Loop} f {Loop} gen_throw {Loop} {Loop} read"));

    [Theory]
    [InlineData($"main {Loop} f {Loop} green:switch green:g_switch green:g_initialstub green:inner_bootstrap {Loop} read", "g_initialstub inner_bootstrap A B read")]
    [InlineData($"main {Loop} f {Loop} green:? green:? {Loop} read", "? ? A B read")]
    [InlineData($"garbage green:g_switch green:g_initialstub {Loop} read", "g_initialstub A B read")]
    public void The_stack_of_a_greenlet_ends_at_its_switch(string native, string expected)
        => Assert.Equal(expected, Merge("*A B", native));

    [Fact]
    public void A_trace_function_that_greenlet_calls_is_part_of_the_stack()
        => Assert.Equal("main A switch g_switch B read", Merge("*A *B", $"main {Loop} green:switch green:g_switch {Loop} read"));

    [Fact]
    public void Loops_outside_of_the_outermost_shim_are_of_a_stack_that_the_thread_has_left()
        => Assert.Equal("switch A f B read", Merge("*A@550 *B@350", $"main {Loop} f {Loop} switch {Loop} f {Loop} read"));

    [Fact]
    public void A_native_stack_that_is_cut_is_matched_from_the_inside()
        => Assert.Equal("A B f C read", Merge("*A *B *C", $"{Loop} f {Loop} read", end: UnwindEnd.Limit));

    [Fact]
    public void A_native_stack_that_is_cut_is_not_matched_while_the_thread_is_in_the_loop_itself()
        => Assert.Null(Merge("*A *B *C", $"{Loop} f {Loop}", end: UnwindEnd.Limit));

    [Fact]
    public void Python_frames_that_are_cut_are_matched_from_the_inside()
        => Assert.Equal($"main {Loop} f A g B read", Merge("A *B", $"main {Loop} f {Loop} g {Loop} read", isOuterEndKnown: false));

    [Fact]
    public void The_loop_is_where_its_shim_is_though_another_one_has_the_name()
        => Assert.Equal("f A g read", Merge("*A@750", $"main {Loop} f part g read"));

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
        MergePart[] parts = [new(Python("*A@550 *B@950"), true), new(Python("*X@750"), true)];

        MergeOutcome outcome = new StackMerger(Owners(Version), lastOnly: false).Merge(parts, Native($"main {Loop} enter {Loop} back {Loop} read"));

        // The stack grows downwards, so the frame at 950 is the outermost.
        Assert.Equal([0, 1], outcome.Order);
        Assert.Equal("main B back A read", Text(outcome.Parts[0]));
        Assert.Equal("enter X", Text(outcome.Parts[1]));
    }

    [Theory]
    [InlineData("*A *B", "*X", 0, "main A f B read", "enter X")]
    [InlineData("*A", "*X *Y", 1, "back A", "main X enter Y read")]
    public void Each_loop_runs_the_frames_of_the_CPython_that_it_lies_in(string first, string second, int outermost, string inFirst, string inSecond)
    {
        // The stack goes from one into the other and back.
        string native = outermost == 0 ? $"main {Loop} enter second:{Loop} f {Loop} read" : $"main second:{Loop} back {Loop} enter second:{Loop} read";
        StackMerger merger = new(Owners(new PythonVersion(3, 11, 7), Version), lastOnly: false);

        MergeOutcome outcome = merger.Merge([new MergePart(Python(first), true), new MergePart(Python(second), true, Runtime: 1)], Native(native));

        Assert.True(outcome.IsMerged);
        Assert.Equal(outermost, outcome.Order[0]);
        Assert.Equal(inFirst, Text(outcome.Parts[0]));
        Assert.Equal(inSecond, Text(outcome.Parts[1]));
    }

    [Fact]
    public void Loops_of_a_CPython_without_frames_on_the_thread_are_none_of_the_others()
    {
        MergeOutcome outcome = new StackMerger(Owners(Version, Version), lastOnly: false)
            .Merge([new MergePart(Python("*A"), true)], Native($"main second:{Loop} enter {Loop} read"));

        Assert.True(outcome.IsMerged);
        Assert.Equal($"main {Loop} enter A read", Text(outcome.Parts[0]));
    }

    private static LoopOwners Owners(params PythonVersion[] versions)
        => new([.. versions.Select((version, i) => new PythonRuntime(0, version, null!) { Module = Module(i) })]);

    // The n-th CPython lies in the n-th thousand of addresses.
    private static Module Module(int index)
        => new("lib", default, false, [new MemoryRegion(new AddressRange(1000UL * (ulong)index, 1000UL * ((ulong)index + 1)), RegionAccess.Execute, 0, default, "lib", false)]);

    private static string? Merge(
        string python, string native, PythonVersion? version = null, bool lastOnly = false, UnwindEnd end = UnwindEnd.Complete, bool isOuterEndKnown = true)
    {
        MergeOutcome outcome = new StackMerger(Owners(version ?? Version), lastOnly).Merge([new MergePart(Python(python), isOuterEndKnown)], Native(native) with { End = end });
        return outcome.IsMerged ? Text(outcome.Parts[0]) : null;
    }

    private static MergeOutcome MergeAll(string python, string native, bool lastOnly = false)
        => new StackMerger(Owners(Version), lastOnly).Merge([new MergePart(Python(python), true)], Native(native));

    private static string Text(List<MergedFrame> frames)
        => string.Join(' ', frames.Select(frame => frame.IsNative ? frame.Native.Function : frame.Python.Code.Name));

    private static List<PythonFrame> Python(string frames)
        => [.. frames.Split(' ', System.StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            string[] parts = text.Split('@');
            string name = parts[0].Trim('*', '(', ')', '~', '+');
            ulong anchor = parts.Length > 1 ? ulong.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
            return new PythonFrame(Code(name), default, text.StartsWith('*'), text.Contains('(', System.StringComparison.Ordinal), anchor)
            {
                IsLinked = text.Contains('~', System.StringComparison.Ordinal),
                IsGenerator = text.Contains('+', System.StringComparison.Ordinal),
            };
        })];

    private static CodeObject Code(string name) => new(name, null, "f.py", 1, 0, default, []);

    // Each frame takes a hundred bytes of the stack, the outermost those from 1000 on.
    private static NativeStack Native(string frames)
        => new([.. frames.Split(' ').Select(Frame)], UnwindEnd.Complete, NativeMoment.SameAsPython);

    private static NativeFrame Frame(string text, int index)
    {
        string[] parts = text.Split(':');
        string library = parts.Length == 1 ? "lib" : parts[0] == "green" ? "/x/_greenlet.so" : parts[0];
        string? name = parts[^1] is "?" or "???" ? null : parts[^1];
        return new NativeFrame(
            library == "second" ? 1500UL : 500UL, name ?? parts[^1], name, null, 0, library, false, index, new AddressRange(1000 - (100 * (ulong)index), 1100 - (100 * (ulong)index)), FrameSource.CallFrameInformation);
    }
}
