using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

public sealed class ElfSymbolTests : FolderTest
{
    [Theory]
    [InlineData("sysv")]
    [InlineData("gnu")]
    [InlineData("both")]
    public void Exported_symbols_are_found_by_either_hash_table_without_sections(string style)
    {
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", $"-Wl,--hash-style={style}");
        Dictionary<string, ulong> exported = Nm(path, "-D", "--defined-only");
        ElfImage image = WithoutSections(File.ReadAllBytes(path));

        foreach (string name in new[] { "_PyRuntime", "per_thread", "zeroed", "constant", "count", "say" })
        {
            Assert.True(image.TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, exported[name]), (name, symbol.Value));
        }

        Assert.False(image.TryFindSymbol("hidden_counter", out _));
        Assert.False(image.TryFindSymbol("puts", out _));
        Assert.False(image.TryFindSymbol("coun", out _));
        Assert.False(image.TryFindSymbol("counts", out _));
        Assert.False(image.TryFindSymbol("", out _));
    }

    [Fact]
    public void A_symbol_knows_its_size_its_type_and_its_section()
    {
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC");
        ElfImage image = Open(File.ReadAllBytes(path));

        Assert.True(image.TryFindSymbol("_PyRuntime", out ElfSymbol runtime));
        Assert.True(image.TryFindSymbol("per_thread", out ElfSymbol perThread));
        Assert.True(image.TryFindSymbol("count", out ElfSymbol function));
        Assert.True(image.TryFindSymbol("hidden_counter", out ElfSymbol hidden));
        Assert.True(image.TryFindSection(".PyRuntime", out SectionHeader section));

        Assert.Equal((24ul, ElfSymbolType.Object, false), (runtime.Size, runtime.Type, runtime.IsLocal));
        Assert.Equal(section, image.Sections!.Headers[runtime.SectionIndex]);
        Assert.Equal(section.Address, runtime.Value);
        Assert.Equal(ElfSymbolType.ThreadLocal, perThread.Type);
        Assert.Equal(ElfSymbolType.Function, function.Type);
        Assert.Equal((4ul, true), (hidden.Size, hidden.IsLocal));
    }

    [Fact]
    public void Static_variables_are_found_until_strip_takes_them()
    {
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC");
        ulong expected = Nm(path, "--defined-only")["hidden_counter"];
        Assert.True(Open(File.ReadAllBytes(path)).TryFindSymbol("hidden_counter", out ElfSymbol before));
        Toolchain.Run("strip", "--strip-all", path);
        ElfImage stripped = Open(File.ReadAllBytes(path));

        Assert.Equal(expected, before.Value);
        Assert.False(stripped.TryFindSymbol("hidden_counter", out _));
        Assert.True(stripped.TryFindSymbol("_PyRuntime", out _));
    }

    [Fact]
    public void A_separate_debug_file_gives_symbols_though_it_has_no_data()
    {
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", "-g", "-Wl,--build-id=sha1");
        Dictionary<string, ulong> all = Nm(path, "--defined-only");
        Toolchain.Run("objcopy", "--only-keep-debug", path, path + ".debug");
        ElfImage debug = Open(File.ReadAllBytes(path + ".debug"));

        Assert.True(debug.TryFindSymbol("hidden_counter", out ElfSymbol hidden));
        Assert.True(debug.TryFindSymbol("_PyRuntime", out ElfSymbol runtime));
        Assert.Equal((all["hidden_counter"], all["_PyRuntime"]), (hidden.Value, runtime.Value));
    }

    [Theory]
    [InlineData("-static")]
    [InlineData("-static-pie")]
    [InlineData("-no-pie")]
    [InlineData("-pie")]
    public void Programs_of_every_kind_give_their_symbols(string kind)
    {
        string code = kind is "-pie" or "-static-pie" ? "-fPIE" : "-fno-pie";
        string path = Toolchain.Compile(Folder, "program", Toolchain.Program, kind, code);
        Dictionary<string, ulong> all = Nm(path, "--defined-only");
        ElfImage image = Open(File.ReadAllBytes(path));

        foreach (string name in new[] { "exported_data", "hidden_data", "zeroed_data", "exported_function", "main" })
        {
            Assert.True(image.TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, all[name]), (name, symbol.Value));
        }
    }

    [Theory]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void Long_names_are_compared_to_their_end(int length)
    {
        string name = "f" + new string('x', length - 1);
        string source = $"int {name}(void) {{ return 1; }}\nint {name}y(void) {{ return 2; }}";
        string path = Toolchain.Compile(Folder, "lib.so", source, "-shared", "-fPIC", "-Wl,--hash-style=gnu");
        Dictionary<string, ulong> exported = Nm(path, "-D", "--defined-only");
        ElfImage image = WithoutSections(File.ReadAllBytes(path));

        Assert.True(image.TryFindSymbol(name, out ElfSymbol shorter));
        Assert.True(image.TryFindSymbol(name + "y", out ElfSymbol longer));
        Assert.False(image.TryFindSymbol(name[..^1], out _));
        Assert.Equal((exported[name], exported[name + "y"]), (shorter.Value, longer.Value));
    }

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void All_dynamic_symbols_of_real_files_are_where_nm_says(string path)
    {
        using OpenImage opened = new(path);
        ElfImage image = opened.Image;
        Dictionary<string, ulong> exported = Nm(path, "-D", "--defined-only");
        Assert.NotEmpty(exported);

        foreach ((string name, ulong value) in exported)
        {
            Assert.True(image.TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, value), (name, symbol.Value));
        }

        foreach (string name in Nm(path, "-D", "--undefined-only").Keys)
        {
            Assert.False(image.TryFindSymbol(name, out _), name);
        }
    }

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void Symbols_of_real_symbol_tables_are_where_nm_says(string path)
    {
        using OpenImage opened = new(path);
        ElfImage image = opened.Image;
        Dictionary<string, ulong> all = Nm(path, "--defined-only");
        Assert.SkipWhen(all.Count == 0, $"{path} is stripped");

        int index = 0;
        foreach ((string name, ulong value) in all)
        {
            if (index++ % 499 == 0)
            {
                Assert.True(image.TryFindSymbol(name, out ElfSymbol symbol), name);
                Assert.Equal((name, value), (name, symbol.Value));
            }
        }
    }

    /// <summary>What nm prints, without the names that stand there more than once.</summary>
    private static Dictionary<string, ulong> Nm(string path, params string[] options)
    {
        Dictionary<string, ulong> symbols = [];
        HashSet<string> seen = [];
        string printed = Toolchain.Run("nm", [.. options, path]);
        foreach (Match line in Regex.Matches(printed, @"^([0-9a-f]{16}|\s{16}) . (\S+)$", RegexOptions.Multiline))
        {
            string name = line.Groups[2].Value.Split('@')[0];
            _ = ulong.TryParse(line.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value);
            if (seen.Add(name))
            {
                symbols.Add(name, value);
            }
            else
            {
                symbols.Remove(name);
            }
        }

        return symbols;
    }

    private static ElfImage WithoutSections(byte[] content)
    {
        content.AsSpan(40, 8).Clear(); // e_shoff
        ElfImage image = Open(content);
        Assert.Equal(0, image.Sections!.Headers.Length);
        return image;
    }

    private static ElfImage Open(byte[] content)
    {
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(content), Limits.Default, out ElfImage? image, out string problem), problem);
        return image;
    }
}
