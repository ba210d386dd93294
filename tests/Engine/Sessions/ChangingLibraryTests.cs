using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A library whose file is not what it was when the process loaded it.</summary>
public sealed class ChangingLibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_that_is_cut_off_has_no_names_and_has_them_again_when_it_is_whole()
    {
        string library = Toolchain.Compile(_folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-pthread");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] });
        byte[] whole = File.ReadAllBytes(library);

        // Section headers and symbols are at its end, which no segment maps: the process itself does not notice.
        using (FileStream file = new(library, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(whole.Length - 100);
        }

        using StackSession session = Captures.Open(target.ProcessId, Captures.Native);
        Assert.DoesNotContain("descend", FunctionsOf(session, library));
        using (FileStream file = new(library, FileMode.Open, FileAccess.Write))
        {
            file.Write(whole);
        }

        Assert.Contains("descend", FunctionsOf(session, library));
    }

    [Fact]
    public void One_that_was_replaced_by_a_shorter_one_is_read_as_the_process_has_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may follow the links of map_files");
        string library = Toolchain.Compile(_folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-pthread");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] });
        File.Delete(library);
        File.WriteAllText(library, "short");

        using StackSession session = Captures.Open(target.ProcessId, Captures.Native);

        Assert.Contains("descend", FunctionsOf(session, library));
    }

    private static string?[] FunctionsOf(StackSession session, string library)
        => [.. session.Take().SelectMany(thread => thread.Frames).Where(frame => frame.Library == library).Select(frame => frame.Function)];
}
