using System;
using System.Linq;
using System.Text;
using PyStack.Engine.Symbols.Demangling;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Symbols.Demangling;

public sealed class RustNamesTests
{
    /// <summary>One name with most of the grammar in it, for the tests that damage a name.</summary>
    private const string Rich =
        "_RINvMs_NtCs3ssYzQotkvD_7mycrate3modINtB5_7ExamplepKpE3fooAtj8_FG0_RL1_hRL0_tEuDG_INtB5_2FnTRL0_hEEp6OutputbEL_"
        + "NtB5_u8gdel_5qaKln2a_Kc41_EB5_.llvm.123";

    // The rustc book, "v0 Symbol Format": each example with its recommended demangling.
    [Theory]
    [InlineData("_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate", "<std::path::PathBuf>::new")]
    [InlineData("_RNvCs15kBYyAo9fc_7mycrate7example", "mycrate::example")]
    [InlineData("_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_7Example3foo", "<mycrate::Example>::foo")]
    [InlineData("_RNvXCs15kBYyAo9fc_7mycrateNtB2_7ExampleNtB2_5Trait3foo", "<mycrate::Example as mycrate::Trait>::foo")]
    [InlineData("_RNvMCs7qp2U7fqm6G_7mycrateNtB2_7Example3foo", "<mycrate::Example>::foo")]
    [InlineData("_RNvYNtCs15kBYyAo9fc_7mycrate7ExampleNtB4_5Trait7exampleB4_", "<mycrate::Example as mycrate::Trait>::example")]
    [InlineData("_RNCNvCsgStHSCytQ6I_7mycrate4main0B3_", "mycrate::main::{closure#0}")]
    [InlineData("_RNCNvCsgStHSCytQ6I_7mycrate4mains_0B3_", "mycrate::main::{closure#1}")]
    [InlineData("_RINvCsgStHSCytQ6I_7mycrate7examplelKj1_EB2_", "mycrate::example::<i32, 1>")]
    [InlineData("_RNvNtNtCsgOH4LzxkuMq_7mycrateu8gdel_5qa6escher4bach", "mycrate::gödel::escher::bach")]
    [InlineData("_RINvCs7qp2U7fqm6G_7mycrate7exampleFG0_RL1_hRL0_tEuEB2_", "mycrate::example::<for<'a, 'b> fn(&'a u8, &'b u16)>")]
    [InlineData("_RINvCs7qp2U7fqm6G_7mycrate7exampleKy12345678_EB2_", "mycrate::example::<305419896>")]
    [InlineData("_RNvNvMCsd9PVOYlP1UU_7mycrateINtB4_7ExamplepKpE3foo14EXAMPLE_STATIC", "<mycrate::Example<_, _>>::foo::EXAMPLE_STATIC")]
    [InlineData("_RINvCs7qp2U7fqm6G_7mycrate7exampleAtj8_EB2_", "mycrate::example::<[u16; 8]>")]
    [InlineData("_RINvCs7qp2U7fqm6G_7mycrate7exampleNtB2_7ExampleBw_EB2_", "mycrate::example::<mycrate::Example, mycrate::Example>")]
    [InlineData("_RINvMsY_NtCseXNvpPnDBDp_3std4pathNtB6_4Path3neweECs7qp2U7fqm6G_7mycrate", "<std::path::Path>::new::<str>")]
    [InlineData("_RNvNvNvCs7qp2U7fqm6G_7mycrate7EXAMPLE7___getit5___KEY$tlv$init", "mycrate::EXAMPLE::__getit::__KEY")]
    public void The_examples_of_the_rustc_book_read_as_it_recommends(string name, string expected) => AssertReads(name, expected);

    [Theory]
    [InlineData("_RNvCskwGfYPst2Cb_3foo16example_function", "foo::example_function")]
    [InlineData("_RNvC6_123foo3bar", "123foo::bar")]
    [InlineData("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}")]
    [InlineData("_RNvC1a1b.llvm.9D1C9369", "a::b")]
    [InlineData("_RNSC1a1b", "a::{shim:b#0}")]
    [InlineData("_RNSC1as0_1b", "a::{shim:b#2}")]
    [InlineData("_RNZC1a0", "a::{Z#0}")]
    [InlineData("_RC4f128", "f128")]
    public void A_path_of_v0_is_shown_without_hashes(string name, string expected) => AssertReads(name, expected);

    [Theory]
    [InlineData("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "utf8_idents::საჭმელად_გემრიელი_სადილი")]
    [InlineData("_RNvC1au6f_5gaa", "a::føø")]
    [InlineData("_RNvC1au7___ylb7e", "a::α_ω")]
    [InlineData("_RNvC1au6n84amf", "a::铁锈")]
    [InlineData("_RNvC1au4fq9h", "a::🤦")]
    [InlineData("_RNvC1au6_2xaedc", "a::ρυστ")]
    [InlineData("_RNvC1a5føø", "a::føø")]
    public void Identifiers_outside_of_ASCII_are_decoded(string name, string expected) => AssertReads(name, expected);

    [Theory]
    [InlineData("TE", "()")]
    [InlineData("ThE", "(u8,)")]
    [InlineData("ThlE", "(u8, i32)")]
    [InlineData("RShQSaPxOz", "&[u8], &mut [i8], *const i64, *mut !")]
    [InlineData("RL_h", "&u8")]
    [InlineData("L_", "'_")]
    [InlineData("FUKCPmvEj", "unsafe extern \"C\" fn(*const u32, ...) -> usize")]
    [InlineData("FK15C_cmse_ns_entryEz", "extern \"C-cmse-ns-entry\" fn() -> !")]
    [InlineData("FG_RL0_eFG_RL1_hRL0_hEuEu", "for<'a> fn(&'a str, for<'b> fn(&'a u8, &'b u8))")]
    [InlineData("DNtC1a1bNtC1a1cEL_", "dyn a::b + a::c")]
    [InlineData("DG_INtC1a2FnTRL0_hEEp6OutputbEL_", "dyn for<'a> a::Fn<(&'a u8,), Output = bool>")]
    [InlineData("DNtC1a4Iterp4ItemhEL_", "dyn a::Iter<Item = u8>")]
    [InlineData("INtC1a3VechE", "a::Vec<u8>")]
    [InlineData("FG_DNtC1a1bEL0_Eu", "for<'a> fn(dyn a::b + 'a)")]
    public void Types_are_written_as_in_Rust(string types, string expected) => AssertReads($"_RINvC1a1f{types}E", $"a::f::<{expected}>");

    [Theory]
    [InlineData("Kj0_", "0")]
    [InlineData("Kan80_", "-128")]
    [InlineData("Kyffffffffffffffff_", "18446744073709551615")]
    [InlineData("Ko123456789abcdef01_", "0x123456789abcdef01")]
    [InlineData("Kb0_Kb1_", "false, true")]
    [InlineData("Kc41_Kca_Kc27_Kc5c_Kc1f980_", "'A', '\\n', '\\'', '\\\\', '🦀'")]
    [InlineData("Kc1b_Kc202e_", "'\\u{1b}', '\\u{202e}'")]
    [InlineData("KpKj7_KBa_", "_, 7, 7")]
    public void Constants_are_written_without_their_types(string constants, string expected)
        => AssertReads($"_RINvC1a1f{constants}E", $"a::f::<{expected}>");

    [Theory]
    [InlineData(
        "_ZN4core3ptr85drop_in_place$LT$std..rt..lang_start$LT$$LP$$RP$$GT$..$u7b$$u7b$closure$u7d$$u7d$$GT$17h0123456789abcdefE",
        "core::ptr::drop_in_place<std::rt::lang_start<()>::{{closure}}>")]
    [InlineData(
        "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
        "<Test + 'static as foo::Bar<Test>>::bar")]
    [InlineData("_ZN3foo3bar17h05af221e174051e9E", "foo::bar")]
    [InlineData("_ZN3foo3bar17h05af221e174051e9E.llvm.A5310EB9", "foo::bar")]
    [InlineData("_ZN16_$RF$$BP$$SP$$C$5$u7e$17h05af221e174051e9E", "&*@,::~")]
    [InlineData("_ZN19foo$u7b$$u3b1$.shim17h05af221e174051e9E", "foo{α.shim")]
    public void A_legacy_name_is_shown_without_its_hash_and_escapes(string name, string expected) => AssertReads(name, expected);

    [Theory]
    [InlineData("_ZN4shop3BoxIdE4openERKSt6vectorIdSaIdEE")]
    [InlineData("_ZN3foo3barE")]
    [InlineData("_ZN3foo17h0000000000000000E")]
    [InlineData("_ZN3foo17h05AF221E174051E9E")]
    [InlineData("_ZN3foo17h05af221e174051e9Ev")]
    [InlineData("_ZN4foo17h05af221e174051e9E")]
    [InlineData("_ZN17h05af221e174051e9E")]
    [InlineData("_ZN3foo17h05af221e174051e9")]
    [InlineData("_Z3addii")]
    [InlineData("_Reset")]
    [InlineData("_R")]
    [InlineData("_ZN")]
    [InlineData("PyEval_EvalCode")]
    [InlineData("")]
    public void Names_of_other_languages_are_left_to_others(string name) => AssertReads(name, null);

    [Theory]
    [InlineData("_R0NvC1a1b")]
    [InlineData("_RNvC1a1bx")]
    [InlineData("_RNvC1a99b")]
    [InlineData("_RNvC1a99999999999999999999b")]
    [InlineData("_RNvCszzzzzzzzzzzzzzzzzzzz_1a1b")]
    [InlineData("_RINvC1a1fRL0_hE")]
    [InlineData("_RINvC1a1fFGZZZZZZ_EuE")]
    [InlineData("_RINvC1a1fKb2_E")]
    [InlineData("_RINvC1a1fKcd800_E")]
    [InlineData("_RINvC1a1fKhn1_E")]
    [InlineData("_RINvC1a1fwE")]
    [InlineData("_RNvC1au0")]
    [InlineData("_RNvC1au4f_5A")]
    [InlineData("_RNvC1au9999999999")]
    [InlineData("_RNvC1a1\u00f8")]
    [InlineData("_RNvC1a1\u001b")]
    [InlineData("_RNvC1a3\u202e")]
    [InlineData("_ZN9foo$u1b$a17h05af221e174051e9E")]
    [InlineData("_ZN7foo$LT117h05af221e174051e9E")]
    [InlineData("_ZN7foo$XX$17h05af221e174051e9E")]
    [InlineData("_ZN99999999999foo17h05af221e174051e9E")]
    public void A_malformed_name_is_not_read(string name) => AssertReads(name, null);

    [Theory]
    [InlineData("_RB_")]
    [InlineData("_RNvB_1a")]
    [InlineData("_RNvB4_1a")]
    [InlineData("_RINvC1a1fB_E")]
    [InlineData("_RINvC1a1fTB7_B7_B7_EE")]
    [InlineData("_RINvC1a1fKB8_E")]
    public void A_backreference_to_itself_ends(string name) => AssertReads(name, null);

    [Fact]
    public void A_name_may_have_most_of_the_grammar() => AssertReads(
        Rich,
        "<mycrate::mod::Example<_, _>>::foo::<[u16; 8], for<'a, 'b> fn(&'a u8, &'b u16), "
            + "dyn for<'a> mycrate::mod::Fn<(&'a u8,), Output = bool>, mycrate::mod::gödel, -42, 'A'>");

    [Fact]
    public void Backreferences_that_double_the_work_each_end_soon()
    {
        // Each tuple names the one before it twice: without bounds the last would have 2^40 parts.
        foreach (string seed in new[] { "TE", "h", "C0" })
        {
            StringBuilder name = new("_RINvC1a1f");
            int previous = name.Length - 2;
            name.Append(seed);
            for (int i = 0; i < 40; i++)
            {
                int start = name.Length - 2;
                string reference = "B" + Base62(previous);
                name.Append('T').Append(reference).Append(reference).Append('E');
                previous = start;
            }

            AssertEndsSoon(name.Append('E').ToString(), isReadable: false);
        }
    }

    [Theory]
    [InlineData("Nv", "C1a", "1b")]
    [InlineData("INvC1a1fS", "h", "E")]
    [InlineData("INvC1a1fFG_", "uEu", "E")]
    [InlineData("M", "C1a", "h")]
    [InlineData("YRh", "C1a", "")]
    public void A_bottomless_name_ends_soon(string open, string middle, string close)
        => AssertEndsSoon("_R" + Repeat(open, 500) + middle + Repeat(close, 500), isReadable: false);

    [Fact]
    public void Chains_of_backreferences_that_write_little_end_soon()
    {
        // Each path is the one before it and an empty name, and the last is named many times.
        StringBuilder name = new("_RINvC1a1fC0");
        int previous = 8;
        for (int i = 0; i < 100; i++)
        {
            int start = name.Length - 2;
            name.Append("NvB").Append(Base62(previous)).Append('0');
            previous = start;
        }

        name.Append(Repeat("B" + Base62(previous), 800)).Append('E');
        AssertEndsSoon(name.ToString(), isReadable: false);
    }

    [Fact]
    public void Types_may_be_a_hundred_levels_deep()
    {
        AssertReads($"_RINvC1a1f{Repeat("S", 100)}hE", $"a::f::<{Repeat("[", 100)}u8{Repeat("]", 100)}>");
        AssertReads($"_RINvC1a1f{Repeat("S", 200)}hE", null);
    }

    [Fact]
    public void A_name_or_text_of_unreasonable_length_is_not_read()
    {
        AssertReads("_RNvC1a5000" + new string('b', 5000), null);
        AssertReads("_ZN5000" + new string('b', 5000) + "17h05af221e174051e9E", null);

        // One of 1,000 characters, and twenty times that by backreferences.
        string name = "_RINvC1a1fC1000" + new string('b', 1000);
        AssertReads(name + Repeat("B7_", 10) + "E", "a::f::<" + string.Join(", ", Enumerable.Repeat(new string('b', 1000), 11)) + ">");
        AssertReads(name + Repeat("B7_", 20) + "E", null);
    }

    [Fact]
    public void A_name_cut_anywhere_or_changed_at_random_ends_soon()
    {
        string[] names =
        [
            Rich,
            "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
            "_ZN4core3ptr85drop_in_place$LT$std..rt..lang_start$LT$$LP$$RP$$GT$..$u7b$$u7b$closure$u7d$$u7d$$GT$17h0123456789abcdefE",
        ];
        foreach (string name in names)
        {
            Assert.True(RustNames.TryDemangle(name, out _));
            for (int length = 0; length < name.Length; length++)
            {
                RustNames.TryDemangle(name[..length], out _);
            }
        }

        const string Alphabet = "_$.0123456789abcdefhlpsuvzABCDEFGIKLMNQRSTUXY\0\u00f8\ud800";
        Random random = new(0);
        TimeSpan before = ProcessorTime.OfThisThread;
        for (int i = 0; i < 20_000; i++)
        {
            StringBuilder name = new(names[i % names.Length]);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(2, name.Length);
                char with = Alphabet[random.Next(Alphabet.Length)];
                _ = random.Next(3) switch
                {
                    0 => name.Remove(at, 1),
                    1 => name.Insert(at, with),
                    _ => name.Replace(name[at], with, at, 1),
                };
            }

            if (RustNames.TryDemangle(name.ToString(), out string? readable))
            {
                Assert.InRange(readable.Length, 1, 16384);
                Assert.DoesNotContain(readable, char.IsControl);
            }
        }

        Assert.InRange(ProcessorTime.OfThisThread - before, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static void AssertReads(string name, string? expected)
    {
        Assert.Equal(expected is not null, RustNames.TryDemangle(name, out string? readable));
        Assert.Equal(expected, readable);
    }

    private static void AssertEndsSoon(string name, bool isReadable)
    {
        TimeSpan before = ProcessorTime.OfThisThread;
        Assert.Equal(isReadable, RustNames.TryDemangle(name, out _));
        Assert.InRange(ProcessorTime.OfThisThread - before, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Base62(int value)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string text = "_";
        int rest = value - 1;
        do
        {
            text = Digits[rest % 62] + text;
            rest /= 62;
        }
        while (rest > 0);

        return text;
    }
}
