using System.Collections.Generic;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>Captures of tasks as the tests take them.</summary>
internal static class TaskCaptures
{
    /// <summary>The tasks of some kinds, taken in a session of its own.</summary>
    public static PyTask[] Take(Target target, bool noBlock, params PyTaskKind[] kinds)
    {
        TaskReader reader = new(TaskOptions.Default with { Kinds = new HashSet<PyTaskKind>(kinds) }, locals: null, Limits.Default);
        StackOptions options = (noBlock ? Captures.NoBlock : Captures.Blocking) with { Also = reader };
        using StackSession session = Captures.Open(target.ProcessId, options);
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, TestContext.Current.CancellationToken);
    }

    /// <summary>Frames as the programs write them: function and line, outermost first.</summary>
    public static string FramesOf(PyTask task) => string.Join(' ', System.Linq.Enumerable.Select(task.Frames, frame => $"{frame.Function}:{frame.Line}"));
}
