using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using PyStack.Engine.Native;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Native;

/// <summary>The functions of other libraries that the engine calls, by the metadata of its assembly: they have to be in musl as well as in glibc.</summary>
public sealed class ImportsTests
{
    private static readonly string[] MuslLoaders = ["/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1"];

    // musl 1.2.3 (Alpine 3.16) does not have the first four, and the others always fail there: src/sched/sched_*.c in musl.
    private static readonly string[] NotOnMusl =
        ["statx", "preadv2", "pwritev2", "gnu_get_libc_version", "sched_setscheduler", "sched_getscheduler", "sched_setparam", "sched_getparam"];

    [Fact]
    public void Of_the_libc_none_is_called_that_musl_does_not_have()
    {
        string[] libc = Imports("libc");
        Assert.Contains("process_vm_readv", libc);
        Assert.Empty(libc.Intersect(NotOnMusl));
    }

    [Fact]
    public void The_musl_of_this_machine_has_all_of_them()
    {
        string? musl = MuslLoaders.FirstOrDefault(File.Exists);
        Assert.SkipUnless(musl is not null, "this machine has no musl");
        IEnumerable<string> exported = Toolchain.Run("nm", "--dynamic", "--defined-only", musl).Split('\n').Select(line => line.Split(' ')[^1]);
        Assert.Empty(Imports("libc").Except(exported));
    }

    // The demangler's library may be missing: names then stay as they are.
    [Fact]
    public void Besides_the_libc_only_the_demangler_is_called()
        => Assert.Equal(["__cxa_demangle"], Imports("libstdc++.so.6"));

    private static string[] Imports(string library)
    {
        using var image = new PEReader(File.OpenRead(typeof(FileCalls).Assembly.Location));
        MetadataReader metadata = image.GetMetadataReader();
        MethodImport[] imports = [.. metadata.MethodDefinitions.Select(handle => metadata.GetMethodDefinition(handle).GetImport()).Where(import => !import.Module.IsNil)];
        string NameOf(MethodImport import) => metadata.GetString(metadata.GetModuleReference(import.Module).Name);
        Assert.Equal(["libc", "libstdc++.so.6"], imports.Select(NameOf).Distinct().Order(StringComparer.Ordinal));
        return [.. imports.Where(import => NameOf(import) == library).Select(import => metadata.GetString(import.Name)).Distinct().Order(StringComparer.Ordinal)];
    }
}
