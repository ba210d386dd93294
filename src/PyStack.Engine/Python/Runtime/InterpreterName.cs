using System;
using System.Text.RegularExpressions;

namespace PyStack.Engine.Python.Runtime;

/// <summary>The interpreter in a file, according to the file's name.</summary>
/// <param name="Version"><c>3.11</c>, <c>3</c>, or null.</param>
internal readonly partial record struct InterpreterName(PyImplementation Implementation, string? Version)
{
    private const RegexOptions Exact = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>
    /// A library that is an interpreter: <c>libpython3.11.so.1.0</c>, <c>libpython3.13t.so</c>, <c>libpypy3.10-c.so</c>. Not
    /// <c>libpython3.so</c>, which only names the functions of the stable interface, and not <c>libpython3.11.zip</c>.
    /// </summary>
    public static bool TryParseLibrary(string fileName, out InterpreterName name)
    {
        if (!fileName.StartsWith("libpy", StringComparison.Ordinal))
        {
            name = default;
            return false;
        }

        return TryTake(Library().Match(fileName), out name);
    }

    /// <summary>A program that is an interpreter: <c>python</c>, <c>python3.11</c>, <c>python3.14d</c>, <c>python3.11-dbg</c>, <c>pypy3.10-c</c>.</summary>
    public static bool TryParseProgram(string fileName, out InterpreterName name)
    {
        if (!fileName.StartsWith("py", StringComparison.Ordinal))
        {
            name = default;
            return false;
        }

        return TryTake(Program().Match(fileName), out name);
    }

    /// <summary>The dynamic loader, which can start a program that is then not /proc/PID/exe (ld.so(8)).</summary>
    public static bool IsLoader(string fileName) => Loader().IsMatch(fileName);

    private static bool TryTake(Match match, out InterpreterName name)
    {
        Group version = match.Groups["version"];
        bool isPyPy = match.Groups["pypy"].Success;
        name = new(isPyPy ? PyImplementation.PyPy : PyImplementation.CPython, version.Length > 0 ? version.Value : null);
        if (match.Success && isPyPy && version.Length == 0 && match.Value.StartsWith("lib", StringComparison.Ordinal))
        {
            // libpypy-c.so is PyPy's Python 2.7: that of Python 3 always has a number.
            name = name with { Version = "2.7" };
        }

        return match.Success;
    }

    // d, m, u and t: debug, pymalloc, wide unicode and free-threaded builds (PEP 3149, PEP 703).
    [GeneratedRegex(@"^lib(python(?<version>\d{1,2}\.\d{1,3})[dmut]*|(?<pypy>pypy)(?<version>\d{1,2}(\.\d{1,3})?)?-c)\.so(\.\d+)*$", Exact)]
    private static partial Regex Library();

    [GeneratedRegex(@"^(python|(?<pypy>pypy))(?<version>\d{1,2}(\.\d{1,3})?)?[dmut]*(-(dbg|c))?$", Exact)]
    private static partial Regex Program();

    [GeneratedRegex(@"^ld(64|-(linux|musl|\d)[^/]*)?\.so(\.\d+)*$", Exact)]
    private static partial Regex Loader();
}
