using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using PyStack.Engine.Processors;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Processors;

/// <summary>The numbers of system calls, against the headers of the kernel as the compiler reads them.</summary>
public sealed partial class SystemCallTests
{
    // Of asm-generic/unistd.h, what aarch64 selects (its asm/unistd.h).
    private const string Generic =
        """
        #define __BITS_PER_LONG 64
        #define __ARCH_WANT_RENAMEAT
        #define __ARCH_WANT_NEW_STAT
        #define __ARCH_WANT_SET_GET_RLIMIT
        #define __ARCH_WANT_TIME32_SYSCALLS
        #define __ARCH_WANT_SYS_CLONE3
        #define __ARCH_WANT_MEMFD_SECRET
        #include <asm-generic/unistd.h>
        """;

    private const string X64 = "#include <asm/unistd.h>";

    [Fact]
    public void The_names_of_x86_64_are_those_of_its_header() => Compare(SystemCallTable.X64, X64, "x86_64");

    [Fact]
    public void The_names_of_aarch64_are_those_of_the_generic_header() => Compare(SystemCallTable.Generic, Generic, "");

    [Fact]
    public void A_number_without_a_call_has_no_name()
    {
        // -1 is a thread that is blocked outside of a system call (proc_pid_syscall(5)); 244 is left to processors by the generic header.
        Assert.Null(SystemCallTable.X64.NameOf(-1));
        Assert.Null(SystemCallTable.X64.NameOf(335));
        Assert.Null(SystemCallTable.X64.NameOf(100_000));
        Assert.Null(SystemCallTable.Generic.NameOf(244));
        Assert.Equal(-1, SystemCallTable.Generic.NumberOf("epoll_wait"));
    }

    private static void Compare(SystemCallTable table, string source, string machine)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "unistd.c");
        File.WriteAllText(file, source);
        Dictionary<string, string> macros = [];
        foreach (Match match in Macro().Matches(Toolchain.Run("gcc", "-E", "-dM", file)))
        {
            macros[match.Groups[1].Value] = match.Groups[2].Value;
        }

        Assert.SkipUnless(machine.Length == 0 || macros.ContainsKey("__" + machine + "__"), $"the compiler is not one for {machine}");
        int compared = 0;
        foreach ((string name, string text) in macros)
        {
            string value = text;
            while (macros.TryGetValue(value, out string? other))
            {
                value = other;
            }

            // A newer kernel's header knows more; these two are no calls.
            if (name.StartsWith("__NR_", StringComparison.Ordinal) && name is not ("__NR_syscalls" or "__NR_arch_specific_syscall") && int.TryParse(value, out int number) && number <= 462)
            {
                Assert.Equal((number, name[5..]), (number, table.NameOf(number)));
                Assert.Equal(number, table.NumberOf(name[5..]));
                compared++;
            }
        }

        Assert.True(compared > 300, $"{compared} calls");
        Assert.Equal(table.NumberOf("perf_event_open"), table.PerfEventOpen);
    }

    [GeneratedRegex(@"^#define (__\w+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Macro();
}
