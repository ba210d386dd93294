using System;
using System.IO;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Discovery;

public sealed class ReplacedFileTests : IDisposable
{
    // Libraries of the folder for temporary files do not count.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"replaced-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/usr/lib/python3/dist-packages/numpy/_core/_multiarray.cpython-313-x86_64-linux-gnu.so", true)]
    [InlineData("/usr/lib/libpython3.11.so.1.0", true)]
    [InlineData("/srv/venv/lib/~umpy/a.so", true)]
    [InlineData("/memfd:a.so", false)]
    [InlineData("/dev/shm/a.so", false)]
    [InlineData("/tmp/_MEI1/a.so", false)]
    [InlineData("/var/tmp/a.so", false)]
    [InlineData("/run/user/1000/a.so", false)]
    [InlineData("/home/me/ffi8Xq2aB", false)]
    [InlineData("/home/me.so.1/code", false)]
    [InlineData("/srv/a.song", false)]
    public void A_deleted_library_is_one_but_not_what_was_made_to_be_deleted(string path, bool isReplaced)
    {
        Assert.Equal(isReplaced, ReplacedFile.IsLibrary(Code(path, isDeleted: true)));
        Assert.False(ReplacedFile.IsLibrary(Code(path, isDeleted: false)));
    }

    [Theory]
    [InlineData("/usr/bin/python3.11 (deleted)", true)]
    [InlineData("/tmp/python3.11 (deleted)", true)]
    [InlineData("/usr/bin/python3.11", false)]
    [InlineData("/memfd:python (deleted)", false)]
    public void A_deleted_program_is_one_but_not_one_that_was_never_in_a_folder(string link, bool isReplaced) => Assert.Equal(isReplaced, ReplacedFile.IsProgram(link));

    [Fact]
    public void A_process_is_known_to_run_the_old_one_as_soon_as_a_library_is_replaced_as_package_managers_do()
    {
        const string Source = "int nothing(void) { return 0; }";
        string library = Toolchain.Compile(_folder, "extension.so", Source, "-shared", "-fPIC");
        string replacement = Toolchain.Compile(_folder, "extension.so.new", Source, "-shared", "-fPIC");
        using Target target = Target.StartCommand([.. InterpreterSet.Any.Command, "-c", $"import ctypes, sys; ctypes.CDLL('{library}'); print('ready', flush=True); sys.stdin.read()"], null);
        Assert.Equal("ready", target.ReadLine());
        Assert.False(IsReplaced(target));

        File.Move(replacement, library, overwrite: true);

        Assert.True(IsReplaced(target));
    }

    private static bool IsReplaced(Target target) => new ProcessDetails(SilentLog.Instance).Describe(new PythonProcesses(SilentLog.Instance).Get(target.ProcessId))!.IsReplaced;

    private static MemoryRegion Code(string path, bool isDeleted)
        => new(new AddressRange(0x1000, 0x2000), RegionAccess.Read | RegionAccess.Execute, 0, new FileKey(8, 1, 7), path, isDeleted);
}
