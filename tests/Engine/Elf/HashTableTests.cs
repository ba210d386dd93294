using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class HashTableTests
{
    private const ulong NamesAt = 0x100;
    private const ulong SymbolsAt = 0x140;
    private const ulong TableAt = 0x200;

    // Values that other descriptions of these hash functions print too.
    [Theory]
    [InlineData("", 0x00001505u, 0x00000000u)]
    [InlineData("printf", 0x156b2bb8u, 0x077905a6u)]
    [InlineData("exit", 0x7c967e3fu, 0x0006cf04u)]
    [InlineData("syscall", 0xbac212a0u, 0x0b09985cu)]
    [InlineData("flapenguin.me", 0x8ae9f18eu, 0x03987915u)]
    public void The_hash_functions_are_those_of_the_linker(string name, uint gnu, uint sysV)
    {
        Assert.Equal(gnu, GnuHashTable.Hash(Encoding.ASCII.GetBytes(name)));
        Assert.Equal(sysV, SysVHashTable.Hash(Encoding.ASCII.GetBytes(name)));
    }

    [Fact]
    public void A_gnu_hash_table_is_read_word_by_word()
    {
        uint a = GnuHashTable.Hash("a"u8); // 0x2b606
        CountingFile memory = Memory(
            U32(1), // nbuckets
            U32(1), // symoffset: symbol 0 is not hashed
            U32(1), // bloom_size
            U32(6), // bloom_shift
            U64((1UL << (int)(a % 64)) | (1UL << (int)((a >> 6) % 64))), // bloom
            U32(1), // buckets[0]: begins with symbol 1
            U32(GnuHashTable.Hash("b"u8) & ~1u), // chain of symbol 1: "b" differs in bit 0 alone, which a chain does not keep
            U32(a | 1)); // chain of symbol 2, the last

        Assert.True(GnuHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out ElfSymbol symbol));
        Assert.Equal(0xaaaul, symbol.Value);
        Assert.Equal(8, memory.Reads); // header, filter, bucket, chain, and twice symbol and name
    }

    [Fact]
    public void The_filter_of_a_gnu_hash_table_says_no_in_two_reads()
    {
        CountingFile memory = Memory(U32(1), U32(1), U32(1), U32(6), U64(0), U32(1), U32(GnuHashTable.Hash("a"u8) | 1));

        Assert.False(GnuHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out _));
        Assert.Equal(2, memory.Reads);
    }

    [Fact]
    public void An_empty_bucket_of_a_gnu_hash_table_says_no_in_three_reads()
    {
        CountingFile memory = Memory(U32(1), U32(1), U32(1), U32(6), U64(ulong.MaxValue), U32(0), U32(1));

        Assert.False(GnuHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out _));
        Assert.Equal(3, memory.Reads);
    }

    [Fact]
    public void A_long_chain_of_a_gnu_hash_table_is_followed_to_its_end()
    {
        const int Count = 100;
        List<byte[]> symbols = [Sym()];
        List<byte[]> table = [U32(1), U32(1), U32(1), U32(6), U64(ulong.MaxValue), U32(1)];
        for (uint i = 1; i <= Count; i++)
        {
            symbols.Add(Sym(st_name: 1, st_value: i));
            table.Add(U32(i < Count ? 2u : GnuHashTable.Hash("a"u8) | 1));
        }

        byte[] all = Join([Pad(Latin1("\0a\0"), 64), .. symbols, .. table]);
        ElfSymbolTable found = new(new InMemoryFile(all), Symbols: 64, Names: 0, NamesSize: 64);

        Assert.True(
            GnuHashTable.TryFind(found, 64 + ((Count + 1) * ElfSymbol.Length), "a"u8, Limits.Default, out ElfSymbol symbol));
        Assert.Equal((ulong)Count, symbol.Value);
    }

    [Fact]
    public void A_sysv_hash_table_is_read_word_by_word()
    {
        CountingFile memory = Memory(
            U32(1), // nbucket
            U32(3), // nchain
            U32(1), // bucket[0]: begins with symbol 1
            U32(0), U32(2), U32(0)); // chain[0..2]: 1, 2, end

        Assert.True(SysVHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out ElfSymbol symbol));
        Assert.Equal(0xaaaul, symbol.Value);
        Assert.False(SysVHashTable.TryFind(Table(memory), TableAt, "c"u8, Limits.Default, out _));
    }

    [Fact]
    public void Symbols_that_are_not_defined_here_are_no_match()
    {
        byte[][] wrong =
        [
            Sym(st_name: 1, st_shndx: 0), // SHN_UNDEF: an import
            Sym(st_name: 1, st_shndx: 0xfff2), // SHN_COMMON
            Sym(st_name: 1, st_info: 0x04), // STT_FILE
            Sym(st_name: 1, st_info: 0x03), // STT_SECTION
            Sym(st_name: 0x1000), // no such name
            Sym(st_name: 0x40), // a name at the very end of the table
            Sym(st_name: uint.MaxValue),
        ];
        foreach (byte[] symbol in wrong)
        {
            Assert.False(Table(new CountingFile(new InMemoryFile(Join(new byte[SymbolsAt], symbol)))).TryMatch(0, "a"u8, out _));
        }

        byte[] right = Join(new byte[NamesAt], Pad(Latin1("\0a\0"), 0x40), Sym(st_name: 1, st_shndx: 0xfff1)); // SHN_ABS
        Assert.True(Table(new CountingFile(new InMemoryFile(right))).TryMatch(0, "a"u8, out ElfSymbol absolute));
        Assert.True(absolute.IsAbsolute);
    }

    [Fact]
    public void A_name_must_end_where_the_wanted_one_ends_and_inside_of_the_table()
    {
        byte[] bytes = Join(new byte[NamesAt], Pad(Latin1("\0ab\0"), 0x40), Sym(st_name: 1));
        ElfSymbolTable table = Table(new InMemoryFile(bytes));

        Assert.True(table.TryMatch(0, "ab"u8, out _));
        Assert.False(table.TryMatch(0, "a"u8, out _));
        Assert.False(table.TryMatch(0, "abc"u8, out _));
        Assert.True((table with { NamesSize = 4 }).TryMatch(0, "ab"u8, out _));
        Assert.False((table with { NamesSize = 3 }).TryMatch(0, "ab"u8, out _));
    }

    [Fact]
    public void A_sysv_chain_that_runs_in_a_circle_ends()
    {
        CountingFile memory = Memory(U32(1), U32(uint.MaxValue), U32(1), U32(0), U32(1));

        Assert.False(SysVHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default with { ElfHashChain = 50 }, out _));
        Assert.InRange(memory.Reads, 50, 200);
    }

    [Fact]
    public void A_gnu_chain_without_end_is_left_at_the_limit()
    {
        List<byte[]> words = [U32(1), U32(1), U32(1), U32(6), U64(ulong.MaxValue), U32(1)];
        for (int i = 0; i < 10_000; i++)
        {
            words.Add(U32(2));
        }

        CountingFile memory = Memory([.. words]);

        Assert.False(GnuHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default with { ElfHashChain = 320 }, out _));
        Assert.InRange(memory.Reads, 10, 20);
    }

    [Theory]
    [InlineData(0u, 1u, 1u, 6u, 1u)] // no buckets
    [InlineData(1u, 1u, 0u, 6u, 1u)] // no filter
    [InlineData(1u, 1u, 1u, 200u, 1u)] // a shift that no word has
    [InlineData(1u, 5u, 1u, 6u, 1u)] // a bucket before the first symbol
    [InlineData(1u, 0u, 1u, 6u, uint.MaxValue)] // a bucket far outside
    [InlineData(uint.MaxValue, 1u, uint.MaxValue, 6u, 1u)]
    public void A_senseless_gnu_hash_table_finds_nothing(uint buckets, uint first, uint filterWords, uint shift, uint bucket)
    {
        CountingFile memory = Memory(
            U32(buckets), U32(first), U32(filterWords), U32(shift), U64(ulong.MaxValue), U32(bucket), U32(1), U32(1));

        Assert.False(GnuHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out _));
        Assert.InRange(memory.Reads, 1, 10);
    }

    [Theory]
    [InlineData(0u, 3u, 1u)] // no buckets
    [InlineData(1u, 0u, 1u)] // no symbols
    [InlineData(1u, 3u, 3u)] // a symbol that is not there
    [InlineData(1u, 2u, 2u)] // a symbol behind the last, though it has the right name
    [InlineData(uint.MaxValue, uint.MaxValue, 1u)]
    public void A_senseless_sysv_hash_table_finds_nothing(uint buckets, uint symbols, uint bucket)
    {
        CountingFile memory = Memory(U32(buckets), U32(symbols), U32(bucket), U32(0), U32(0));

        Assert.False(SysVHashTable.TryFind(Table(memory), TableAt, "a"u8, Limits.Default, out _));
        Assert.InRange(memory.Reads, 1, 10);
    }

    /// <summary>Names "b" and "a", symbols 0 (none), 1 "b" and 2 "a", and a hash table.</summary>
    private static CountingFile Memory(params byte[][] table)
        => new(new InMemoryFile(Join(
        [
            new byte[NamesAt],
            Pad(Latin1("\0b\0a\0"), 0x40),
            Pad(Join(Sym(), Sym(st_name: 1, st_value: 0xbbb), Sym(st_name: 3, st_value: 0xaaa)), 0xc0),
            .. table,
        ])));

    private static ElfSymbolTable Table(IMemorySource memory) => new(memory, SymbolsAt, NamesAt, NamesSize: 0x40);
}
