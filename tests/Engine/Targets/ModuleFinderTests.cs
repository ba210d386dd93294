using System.Collections.Generic;
using System.Linq;
using System.Text;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Maps as the kernel writes them, and the modules in them: name, first page and last page, and whether it has code.</summary>
public sealed class ModuleFinderTests
{
    private const string Library = "fe:00 7 /lib/libpython3.12.so.1.0";
    private const string Other = "fe:00 8 /lib/other.so";

    [Fact]
    public void Code_on_huge_pages_of_any_kind_belongs_to_the_file_around_it()
    {
        foreach (string copy in (string[])["00:00 0", "00:00 0 [anon:text]", "00:0f 5 /anon_hugepage (deleted)", "00:01 9 /memfd:text (deleted)", "00:01 4 /dev/zero (deleted)"])
        {
            Assert.Equal(
                ["libpython3.12.so.1.0 10-50 code"],
                Modules($"10-20 r--p 0 {Library}", $"20-30 r-xp 0 {copy}", $"30-40 r--p 2000 {Library}", $"40-48 rw-p 3000 {Library}", "48-50 rw-p 0 00:00 0"));
        }
    }

    [Fact]
    public void Code_in_pieces_and_its_constants_belong_to_it()
        => Assert.Equal(
            ["libpython3.12.so.1.0 10-50 code"],
            Modules(
                $"10-18 r--p 0 {Library}", $"18-20 r-xp 1000 {Library}", "20-24 r-xp 0 00:00 0", "24-28 rwxp 0 00:00 0", $"28-30 r-xp 2000 {Library}", "30-40 r--p 0 00:00 0",
                $"40-50 rw-p 3000 {Library}"));

    [Fact]
    public void Where_the_ELF_header_was_copied_as_well_the_module_begins_with_the_copy()
        => Assert.Equal(
            ["other.so 1-8 no code", "libpython3.12.so.1.0 10-50 code"],
            Modules($"1-4 r--p 0 {Other}", $"4-8 rw-p 1000 {Other}", "10-20 r--p 0 00:00 0", "20-30 r-xp 0 00:00 0", $"30-40 r--p 3000 {Library}", $"40-50 rw-p 4000 {Library}"));

    [Fact]
    public void A_hole_between_two_segments_of_an_old_linker_is_none_between_two_modules()
        => Assert.Equal(
            ["libpython3.12.so.1.0 10-220 code"],
            Modules("10-20 r-xp 0 00:00 0", $"20-21 ---p 1000 {Library}", $"210-211 r--p 2000 {Library}", $"211-220 rw-p 3000 {Library}"));

    [Fact]
    public void Code_of_a_JIT_beside_a_library_is_not_the_librarys()
        => Assert.Equal(
            ["libpython3.12.so.1.0 10-40 no code", "other.so 60-80 code"],
            Modules($"10-20 r--p 0 {Library}", $"20-40 rw-p 3000 {Library}", "40-60 r-xp 0 00:00 0", $"60-70 r-xp 0 {Other}", $"70-80 rw-p 1000 {Other}"));

    [Fact]
    public void Part_of_a_file_that_is_mapped_to_be_read_beside_code_of_a_JIT_is_no_module()
        => Assert.Empty(Modules("40-60 r-xp 0 00:00 0", "60-70 r--p 5000 fe:00 9 /data/table"));

    // Pages of 4 KB by their hexadecimal numbers.
    private static IEnumerable<string> Modules(params string[] lines)
    {
        string maps = string.Join('\n', lines.Select(line =>
        {
            string[] words = line.Split(' ', 6);
            return $"{string.Join('-', words[0].Split('-').Select(page => page + "000"))} {string.Join(' ', words.Skip(1))}";
        }));
        return Module.FindAll(new MemoryMap(MapsParser.Parse(Encoding.UTF8.GetBytes(maps))))
            .Select(module => $"{module.FileName} {module.Range.Start >> 12:x}-{module.Range.End >> 12:x} {(module.HasCode ? "code" : "no code")}");
    }
}
