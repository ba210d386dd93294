using PyStack.Engine.Python.Runtime;
using Xunit;

namespace PyStack.Engine.Tests.Python;

public sealed class InterpreterNameTests
{
    private const string None = "-";

    [Theory]
    [InlineData("libpython3.11.so.1.0", "CPython 3.11")]
    [InlineData("libpython3.11.so", "CPython 3.11")]
    [InlineData("libpython2.7.so.1.0", "CPython 2.7")]
    [InlineData("libpython3.7m.so.1.0", "CPython 3.7")]
    [InlineData("libpython3.13td.so.1.0", "CPython 3.13")]
    [InlineData("libpypy3.10-c.so", "PyPy 3.10")]
    [InlineData("libpypy3-c.so", "PyPy 3")]
    [InlineData("libpypy-c.so", "PyPy 2.7")]
    [InlineData("libpython3.so", None)]
    [InlineData("libpython3.11.a", None)]
    [InlineData("libpython3.11.zip", None)]
    [InlineData("libpython3.11.so.1.0.debug", None)]
    [InlineData("libpython3.11.so.1.0-gdb.py", None)]
    [InlineData("libboost_python311.so.1.81.0", None)]
    [InlineData("libpythonic.so", None)]
    [InlineData("python3.11", None)]
    public void A_library_is_known_by_its_whole_name(string fileName, string expected)
        => Assert.Equal(expected, InterpreterName.TryParseLibrary(fileName, out InterpreterName name) ? $"{name.Implementation} {name.Version}" : None);

    [Theory]
    [InlineData("python", "CPython ")]
    [InlineData("python3", "CPython 3")]
    [InlineData("python3.11", "CPython 3.11")]
    [InlineData("python3.7m", "CPython 3.7")]
    [InlineData("python3.14t", "CPython 3.14")]
    [InlineData("python3.11-dbg", "CPython 3.11")]
    [InlineData("pypy3.10", "PyPy 3.10")]
    [InlineData("pypy3-c", "PyPy 3")]
    [InlineData("python3.11.zip", None)]
    [InlineData("python3.11-config", None)]
    [InlineData("python-build", None)]
    [InlineData("pythonista", None)]
    [InlineData("pyright", None)]
    public void A_program_is_known_by_its_whole_name(string fileName, string expected)
        => Assert.Equal(expected, InterpreterName.TryParseProgram(fileName, out InterpreterName name) ? $"{name.Implementation} {name.Version}" : None);

    [Theory]
    [InlineData("ld-linux-x86-64.so.2", true)]
    [InlineData("ld-linux-aarch64.so.1", true)]
    [InlineData("ld-musl-x86_64.so.1", true)]
    [InlineData("ld-2.31.so", true)]
    [InlineData("ld64.so.2", true)]
    [InlineData("ld", false)]
    [InlineData("ld.gold", false)]
    [InlineData("bash", false)]
    public void The_dynamic_loader_is_known(string fileName, bool isLoader) => Assert.Equal(isLoader, InterpreterName.IsLoader(fileName));
}
