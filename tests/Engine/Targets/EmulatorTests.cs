using PyStack.Engine.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Emulators are recognised by the path of their executable.</summary>
public sealed class EmulatorTests
{
    [Theory]
    [InlineData("/usr/libexec/valgrind/memcheck-amd64-linux", "valgrind", false)]
    [InlineData("/opt/valgrind-3.15/lib/valgrind/none-arm64-linux", "valgrind", false)]
    [InlineData("/usr/bin/qemu-x86_64", "qemu-x86_64", true)]
    [InlineData("/usr/bin/qemu-aarch64-static", "qemu-aarch64", true)]
    [InlineData("/usr/bin/qemu-aarch64-binfmt-P", "qemu-aarch64", true)]
    [InlineData("/dev/.buildkit_qemu_emulator", "qemu-user", true)]
    public void An_emulator_is_known_by_its_path(string path, string name, bool mapsCodeAsData)
        => Assert.Equal(new Emulator(name, mapsCodeAsData), Emulator.TryParse(path));

    [Theory]
    [InlineData("/usr/bin/qemu-system-x86_64")]
    [InlineData("/usr/bin/qemu-img")]
    [InlineData("/usr/bin/qemu-nbd")]
    [InlineData("/usr/bin/valgrind.bin")]
    [InlineData("/home/me/memcheck-amd64-linux")]
    [InlineData("/home/me/valgrind/python3.11")]
    [InlineData("/usr/bin/python3.11")]
    public void Another_program_is_none(string path) => Assert.Null(Emulator.TryParse(path));
}
