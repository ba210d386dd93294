using System;
using System.Text;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests;

/// <summary>A process to look at, with a script whose lines the module's tests know.</summary>
internal sealed class PythonTarget : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Target _target;

    private PythonTarget()
    {
        Script = _folder.Write("target.py", Encoding.UTF8.GetBytes("""
            import sys
            def first_func():
                second_func()
            def second_func():
                third_func()
            def third_func():
                print("ready", flush=True)
                sys.stdin.read()
            first_func()
            """));
        _target = Target.StartSilent(InterpreterSet.Any, Script);
        Assert.Equal("ready", _target.ReadLine());
        // Behind its last line there is only the read that it sleeps in.
        Wait.Until(() => ProcOracle.State(Id, Id) == 'S', "the program does not come to rest");
    }

    public int Id => _target.ProcessId;

    /// <summary>The script's path.</summary>
    public string Script { get; }

    /// <summary>A Python program that is inside <c>third_func</c>, called by <c>second_func</c>, <c>first_func</c> and the module.</summary>
    public static PythonTarget Sleeping() => new();

    /// <summary>A process that is no Python: it waits for its input to end.</summary>
    public static Target NotPython()
    {
        Target target = Target.StartCommand(["/bin/sh", "-c", "echo ready; read line"]);
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }
}
