using PyStack.Engine.Symbols.Demangling;
using Xunit;

namespace PyStack.Engine.Tests.Symbols;

/// <summary>Names as Cython 3.1.6 writes them into its C files.</summary>
public sealed class CythonNamesTests
{
    [Theory]
    [InlineData("__pyx_f_6cyhang_inner", "cyhang.inner")]
    [InlineData("__pyx_pf_6cyhang_6Worker_2run", "cyhang.Worker.run")]
    [InlineData("__pyx_pw_6cyhang_6Worker_3run", "cyhang.Worker.run (wrapper)")]
    [InlineData("__pyx_pw_6cyhang_6Worker_1__init__", "cyhang.Worker.__init__ (wrapper)")]
    [InlineData("__pyx_f_3pkg_3mod_step.constprop.0", "pkg.mod.step")]
    [InlineData("__pyx_gb_6cyhang_2generator", "cyhang.generator")]
    [InlineData("__pyx_pymod_exec_cyhang", "cyhang (module)")]
    [InlineData("__pyx_pf_6cyhang_999999999999name", "cyhang.name")]
    [InlineData("__pyx_pf_6", "6")]
    public void A_function_has_its_dotted_name(string name, string readable)
    {
        Assert.True(CythonNames.TryDemangle(name, out string? found));
        Assert.Equal(readable, found);
    }

    [Theory]
    [InlineData("__pyx_tp_new_6cyhang_Worker")]
    [InlineData("__Pyx_PyObject_Call")]
    [InlineData("__pyx_pf_")]
    [InlineData("inner")]
    public void A_helper_keeps_its_name(string name) => Assert.False(CythonNames.TryDemangle(name, out _));
}
