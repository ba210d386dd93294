using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

/// <summary>Images as they stand in processes. The oracles are the loader (dlsym) and programs that print their own addresses.</summary>
public sealed class ElfMemoryImageTests : FolderTest
{
    [Theory]
    [InlineData("sysv")]
    [InlineData("gnu")]
    [InlineData("both")]
    public void A_library_in_our_own_process_is_read_as_the_loader_reads_it(string style)
    {
        string path = Toolchain.Compile(
            Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", $"-Wl,--hash-style={style}", "-Wl,--build-id=0x0123");
        nint library = NativeLibrary.Load(path);
        using ProcessMemory memory = new(Environment.ProcessId);
        (ulong start, ulong offset) = Mappings(Environment.ProcessId, path)[0];
        Assert.Equal(0ul, offset);
        Assert.True(ElfImage.TryFromMemory(memory, start, Limits.Default, out ElfImage? image, out string problem), problem);

        foreach (string name in new[] { "_PyRuntime", "zeroed", "constant", "count", "say" })
        {
            Assert.True(image.TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, (ulong)NativeLibrary.GetExport(library, name)), (name, image.AddressOf(symbol)));
        }

        Assert.True(image.TryFindSymbol("_PyRuntime", out ElfSymbol runtime));
        Assert.True(image.AddressSpace.TryRead(runtime.Value + 4, out int second));
        Assert.Equal(8, second);
        Assert.True(image.TryFindSymbol("zeroed", out ElfSymbol zeroed));
        Assert.True(image.AddressSpace.TryRead(zeroed.Value, out int zero));
        Assert.Equal(0, zero);

        Assert.False(image.TryFindSymbol("hidden_counter", out _));
        Assert.False(image.TryFindSymbol("puts", out _));
        Assert.Null(image.Sections);
        Assert.False(image.TryFindSection(".PyRuntime", out _));
        Assert.True(image.TryGetBuildId(out string? buildId));
        Assert.Equal("0123", buildId);
        NativeLibrary.Free(library);
    }

    // In a process of their own: libpython leaves a destructor for the data of threads, so that it cannot be unloaded again.
    [Theory]
    [MemberData(nameof(Toolchain.RealLibraries), MemberType = typeof(Toolchain))]
    public void Real_libraries_are_read_as_the_loader_reads_them(string path)
    {
        string[] names = ["_PyRuntime", "Py_Version", "Py_GetVersion", "PyList_Type", "_Py_NoneStruct", "SystemNative_Read", "absent"];
        using ReportingProgram program = new(Toolchain.Compile(Folder, "loader", Toolchain.Loader, "-ldl"), [path, .. names]);
        using ProcessMemory memory = new(program.Id);
        List<(ulong Start, ulong Offset)> mappings = Mappings(program.Id, path);
        Assert.True(
            ElfImage.TryFromMemory(memory, mappings[0].Start, Limits.Default, out ElfImage? image, out string problem), problem);

        foreach ((ulong start, ulong offset) in mappings)
        {
            // Two mappings of the same page of the file: the lower one counts.
            if (mappings.FindIndex(mapping => mapping.Offset == offset) == mappings.IndexOf((start, offset)))
            {
                Assert.True(ElfSegments.TryGetLoadBias(image.Segments, start, offset, (ulong)Environment.SystemPageSize, out ulong bias));
                Assert.Equal((offset, image.LoadBias), (offset, bias));
            }
        }

        Assert.Contains(program.Reported, report => report.Value != 0);
        foreach ((string name, ulong address) in program.Reported)
        {
            bool isFound = image.TryFindSymbol(name, out ElfSymbol symbol);
            Assert.Equal((name, address), (name, isFound ? image.AddressOf(symbol) : 0));
        }
    }

    [Fact]
    public void The_vdso_is_read_from_memory_though_nobody_has_relocated_it()
    {
        (ulong start, ulong end) = Vdso();
        using ProcessMemory memory = new(Environment.ProcessId);
        byte[] content = new byte[end - start];
        Assert.Equal(content.Length, memory.Read(start, content));
        string dump = Path.Combine(Folder, "vdso.so");
        File.WriteAllBytes(dump, content);
        Assert.True(ElfImage.TryFromMemory(memory, start, Limits.Default, out ElfImage? image, out string problem), problem);

        MatchCollection symbols = Regex.Matches(
            Toolchain.Run("nm", "-D", "--defined-only", dump), @"^([0-9a-f]{16}) [TW] ([^@\s]+)", RegexOptions.Multiline);
        Assert.NotEmpty(symbols);
        foreach (Match line in symbols)
        {
            Assert.True(image.TryFindSymbol(line.Groups[2].Value, out ElfSymbol symbol), line.Value);
            Assert.Equal(Hex(line.Groups[1].Value), symbol.Value);
            Assert.InRange(image.AddressOf(symbol), start, end - 1);
        }
    }

    [Theory]
    [InlineData("-pie", true)]
    [InlineData("-no-pie", true)]
    [InlineData("-static", false)]
    [InlineData("-static-pie", false)]
    public void A_program_is_found_where_it_says_itself_that_it_is(string kind, bool isDynamic)
    {
        string path = Toolchain.Compile(
            Folder, "program", Toolchain.Program, kind, kind is "-pie" or "-static-pie" ? "-fPIE" : "-fno-pie", "-rdynamic");
        using ReportingProgram program = new(path, []);
        using OpenImage onDisk = new($"/proc/{program.Id}/exe");
        using ProcessMemory memory = new(program.Id);
        (ulong start, ulong offset) = Mappings(program.Id, path)[0];
        Assert.True(ElfSegments.TryGetLoadBias(onDisk.Image.Segments, start, offset, (ulong)Environment.SystemPageSize, out ulong bias));
        Assert.True(ElfImage.TryFromMemory(memory, start, Limits.Default, out ElfImage? loaded, out string problem), problem);

        Assert.Equal(bias, loaded.LoadBias);
        Assert.Equal(kind is "-no-pie" or "-static", bias == 0);
        Assert.Equal(kind is "-no-pie" or "-static" ? ElfType.Executable : ElfType.Shared, loaded.Type);
        Assert.Equal(4, program.Reported.Count);
        foreach ((string name, ulong address) in program.Reported)
        {
            Assert.True(onDisk.Image.TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, address), (name, unchecked(symbol.Value + bias)));

            // In memory there are the dynamic symbols only.
            bool isFound = loaded.TryFindSymbol(name, out symbol);
            Assert.Equal((name, isDynamic && name.StartsWith("exported", StringComparison.Ordinal)), (name, isFound));
            Assert.True(!isFound || address == loaded.AddressOf(symbol), name);
        }

        foreach (ref readonly ProgramHeader segment in loaded.Segments)
        {
            if (segment.IsLoaded && segment.IsWritable)
            {
                Assert.True(segment.Initialized.Contains(program.Reported["hidden_data"] - bias));
                Assert.True(segment.Zeroed.Contains(program.Reported["zeroed_data"] - bias));
            }
        }
    }

    // DT_HASH, DT_STRTAB, DT_SYMTAB, DT_GNU_HASH: glibc adds the bias to them in place, musl leaves them.
    [Theory]
    [InlineData(true, "gnu")]
    [InlineData(false, "gnu")]
    [InlineData(true, "sysv")]
    [InlineData(false, "sysv")]
    public void Pointers_of_the_dynamic_section_may_be_relocated_or_not(bool isRelocated, string style)
    {
        const ulong Bias = 0x7f12_3456_7000;
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", $"-Wl,--hash-style={style}");
        byte[] content = File.ReadAllBytes(path);
        LoadedCopy memory = new(content, Bias);
        Assert.True(ElfImage.TryFromMemory(memory, Bias, Limits.Default, out ElfImage? image, out string problem), problem);
        if (isRelocated)
        {
            Relocate(memory, image, Bias);
        }

        Assert.True(image.TryFindSymbol("_PyRuntime", out ElfSymbol symbol));
        Assert.True(memory.TryRead(image.AddressOf(symbol), out int first));
        Assert.Equal(7, first);
    }

    [Fact]
    public void What_is_no_image_in_memory_says_so()
    {
        LoadedCopy nothing = new(Ehdr(), 0);

        Assert.False(ElfImage.TryFromMemory(nothing, 0x1000, Limits.Default, out _, out string problem));
        Assert.Equal("cannot be read", problem);
        Assert.False(ElfImage.TryFromMemory(new InMemoryFile(Ehdr()), 0, Limits.Default, out _, out problem));
        Assert.Equal("is an ELF image without loaded segments", problem);
        Assert.False(ElfImage.TryFromMemory(new InMemoryFile(Ehdr(e_phnum: 0xffff)), 0, Limits.Default, out _, out problem));
        Assert.Equal("is an ELF file with too many segments (65535)", problem);
        Assert.False(ElfImage.TryFromMemory(new InMemoryFile(Ehdr(ei_class: 1)), 0, Limits.Default, out _, out problem));
        Assert.Equal("is a 32-bit ELF file", problem);
    }

    private static void Relocate(LoadedCopy memory, ElfImage image, ulong bias)
    {
        foreach (ref readonly ProgramHeader segment in image.Segments)
        {
            for (int at = (int)segment.Address; segment.Type == SegmentType.Dynamic && at < (int)segment.Memory.End; at += 16)
            {
                Span<byte> value = memory.Bytes.Slice(at + 8, 8);
                if (BitConverter.ToInt64(memory.Bytes[at..]) is 4 or 5 or 6 or 0x6ffffef5)
                {
                    BitConverter.TryWriteBytes(value, BitConverter.ToUInt64(value) + bias);
                }
            }
        }
    }

    /// <summary>Where the kernel says that the file is mapped, and which byte of it, lowest address first.</summary>
    private static List<(ulong Start, ulong Offset)> Mappings(int processId, string path)
    {
        List<(ulong Start, ulong Offset)> mappings = [];
        foreach (Match line in MapsLines(processId, path))
        {
            mappings.Add((Hex(line.Groups[1].Value), Hex(line.Groups[3].Value)));
        }

        Assert.NotEmpty(mappings);
        return mappings;
    }

    private static (ulong Start, ulong End) Vdso()
    {
        MatchCollection lines = MapsLines(Environment.ProcessId, "[vdso]");
        Assert.SkipWhen(lines.Count == 0, "this kernel has no vdso");
        return (Hex(lines[0].Groups[1].Value), Hex(lines[0].Groups[2].Value));
    }

    private static MatchCollection MapsLines(int processId, string name)
        => Regex.Matches(
            File.ReadAllText($"/proc/{processId}/maps"),
            $"^([0-9a-f]+)-([0-9a-f]+) .... ([0-9a-f]+) .* {Regex.Escape(name)}$",
            RegexOptions.Multiline);

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
