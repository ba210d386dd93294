using System;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Symbols;

/// <summary>Which of several names of one address a function is shown by. Where the names stand is binutils' word.</summary>
public sealed class FunctionTableTests : IDisposable
{
    // Local symbols come first in a symbol table, and the names are in no order that would favour the right one.
    private const string Source = """
        __attribute__((noinline)) int shown(int x) { return x * 3 + 1; }
        static int a_local(int x) __attribute__((alias("shown"), used));
        __asm__(".globl b_label\n.set b_label, shown\n.type b_label, @notype\n.size b_label, 4");
        __asm__(".globl c_unsized\n.set c_unsized, shown\n.type c_unsized, @function\n.size c_unsized, 0");
        __attribute__((noinline)) static int only_local(int x) { return x * 5 + 2; }
        __asm__(".globl d_label\n.set d_label, only_local\n.type d_label, @notype\n.size d_label, 4");
        int main(int count, char **words) { return only_local(count) + shown(count); }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shown", new[] { "a_local", "b_label", "c_unsized", "shown" }, "shown")] // a function of known size that others see
    [InlineData("only_local", new[] { "d_label", "only_local" }, "only_local")] // a function of known size before a mere label
    public void Of_several_names_the_one_that_tells_most_is_chosen(string symbol, string[] names, string expected)
    {
        string path = Toolchain.Compile(_folder.Path, "aliases", Source, "-fno-toplevel-reorder");
        (ulong Address, string Name)[] symbols = [.. Toolchain.Run("nm", path).Split('\n').Select(line => line.Split(' ')).Where(words => words.Length == 3)
            .Select(words => (ulong.Parse(words[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), words[2]))];
        ulong address = symbols.First(one => one.Name == symbol).Address;
        Assert.Equal(names, symbols.Where(one => one.Address == address).Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(File.ReadAllBytes(path)), Limits.Default, out ElfImage? image, out string problem), problem);

        Assert.True(FunctionTable.Read([image.Sections], Limits.Default, BinaryBudget.Of(Limits.Default)).TryFind(address + 1, out string found));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void A_function_without_a_size_ends_where_the_next_one_begins_and_may_have_ended_before()
    {
        string path = Toolchain.Compile(_folder.Path, "unsized", """
            __asm__(".text\n.globl unsized\n.type unsized, @function\nunsized: .skip 16\n"
                ".globl sized\n.type sized, @function\nsized: .skip 16\n.size sized, 8\n");
            """, "-shared", "-nostdlib");
        ulong[] starts = [.. ((string[])["unsized", "sized"]).Select(name => ulong.Parse(
            Toolchain.Run("nm", path).Split('\n').Select(line => line.Split(' ')).Single(words => words[^1] == name)[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(File.ReadAllBytes(path)), Limits.Default, out ElfImage? image, out string problem), problem);
        FunctionTable table = FunctionTable.Read([image.Sections], Limits.Default, BinaryBudget.Of(Limits.Default));

        Assert.Equal(16ul, starts[1] - starts[0]);
        Assert.Equal((true, "unsized"), (table.TryFind(starts[1] - 1, out string name), name));
        Assert.Equal((true, starts[0]), (table.TryFindUnsized(starts[1] - 1, out ulong start), start));
        Assert.Equal((true, "sized"), (table.TryFind(starts[1] + 7, out name), name));
        Assert.False(table.TryFindUnsized(starts[1] + 7, out _));
        Assert.False(table.TryFind(starts[1] + 8, out _));
    }
}
