using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A core of another processor, of Python 3.11 on Debian for aarch64, with the files of its own root.</summary>
internal static class CoreFixture
{
    /// <summary>The functions of its three threads, as they stand at the head of three_threads.py.</summary>
    public static readonly string[] Expected =
    [
        "<module> main outer <lambda> middle <listcomp> inner",
        "_bootstrap _bootstrap_inner run sleeper_entry sleeper_deep sleeper_deep sleeper_deep wait wait",
        "_bootstrap _bootstrap_inner run spinner_entry spin_gen",
    ];

    /// <summary>Unpacks the core and the files of its root. Returns their folder, in which they are <c>core</c> and <c>root</c>.</summary>
    public static string Unpack(TemporaryFolder folder)
    {
        Toolchain.Run("tar", "xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "arm64-3.11.tar.xz"), "-C", folder.Path);
        return Path.Combine(folder.Path, "arm64-3.11");
    }

    public static StackSession Open(string path, string folder) => StackSession.OpenCore(
        path, new CoreSearch(Root: Path.Combine(folder, "root")), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);

    /// <summary>Its stacks with all that can be had of them.</summary>
    public static PyThread[] TakeAll(string path, string folder)
    {
        using StackSession session = StackSession.OpenCore(
            path, new CoreSearch(Root: Path.Combine(folder, "root")), Captures.Blocking with { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Take();
    }

    /// <summary>The functions of a thread's Python frames, outermost first.</summary>
    public static string Functions(PyThread thread)
        => string.Join(' ', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function));
}
