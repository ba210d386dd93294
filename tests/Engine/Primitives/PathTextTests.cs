using System;
using System.Text;
using System.Text.RegularExpressions;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Primitives;

public sealed class PathTextTests
{
    // As Python has it: bytes.decode("utf-8", "surrogateescape"). Escaped here: an attribute cannot hold a lone surrogate.
    [Theory]
    [InlineData("", @"")]
    [InlineData("2f746d70", @"/tmp")]
    [InlineData("c3a9", @"\u00e9")]
    [InlineData("f09f908d", @"\ud83d\udc0d")]
    [InlineData("e9", @"\udce9")]
    [InlineData("61e962", @"a\udce9b")]
    [InlineData("ff80", @"\udcff\udc80")]
    [InlineData("e28241", @"\udce2\udc82A")]
    [InlineData("e282", @"\udce2\udc82")]
    [InlineData("eda080", @"\udced\udca0\udc80")]
    [InlineData("edb3a9", @"\udced\udcb3\udca9")]
    [InlineData("c080", @"\udcc0\udc80")]
    [InlineData("f4908080", @"\udcf4\udc90\udc80\udc80")]
    [InlineData("f09f90", @"\udcf0\udc9f\udc90")]
    [InlineData("5c303132", @"\\012")]
    [InlineData("0a091b", @"\n\t\u001b")]
    public void Bytes_that_are_not_UTF8_become_lone_surrogates_and_the_bytes_again(string hexadecimal, string escaped)
    {
        string text = Regex.Unescape(escaped);
        byte[] bytes = Convert.FromHexString(hexadecimal);

        Assert.Equal(text.ToCharArray(), PathText.Decode(bytes).ToCharArray());
        Assert.Equal(bytes, PathText.Encode(text));
        Assert.Equal((byte[])[.. bytes, 0], PathText.EncodeForCall(text));
    }

    [Fact]
    public void Every_sequence_of_up_to_two_bytes_comes_back()
    {
        for (int first = 0; first < 256; first++)
        {
            byte[] one = [(byte)first];
            Assert.Equal(one, PathText.Encode(PathText.Decode(one)));
            for (int second = 0; second < 256; second++)
            {
                byte[] two = [(byte)first, (byte)second];
                Assert.Equal(two, PathText.Encode(PathText.Decode(two)));
            }
        }
    }

    [Fact]
    public void Random_sequences_come_back_and_what_is_UTF8_is_decoded_as_such()
    {
        Random random = new(14);
        byte[] likely = [0x2f, 0x61, 0x80, 0xbf, 0xc2, 0xe0, 0xe2, 0xed, 0xa0, 0xb3, 0xf0, 0xf4, 0x8f, 0x90, 0xff];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            for (int i = 0; i < bytes.Length && round % 2 == 0; i++)
            {
                bytes[i] = likely[bytes[i] % likely.Length];
            }

            string text = PathText.Decode(bytes);
            Assert.Equal(bytes, PathText.Encode(text));
            bool isUtf8 = Utf8Strict(bytes) is not null;
            Assert.Equal(isUtf8, !PathText.HasRawBytes(text));
            Assert.True(!isUtf8 || text == Utf8Strict(bytes));
        }
    }

    [Theory]
    [InlineData(@"a\u0000b")]
    [InlineData(@"a\ud800b")]
    [InlineData(@"a\udc7fb")]
    public void What_names_no_file_is_an_empty_name_to_the_kernel(string escaped)
        => Assert.Equal((byte[])[0], PathText.EncodeForCall(Regex.Unescape(escaped)));

    [Theory]
    [InlineData("61e9")]
    [InlineData("5c303132")]
    [InlineData("0a")]
    [InlineData("f09f908d")]
    [InlineData("2028ff64656c6574656429")]
    public unsafe void The_marshaller_hands_on_the_very_bytes(string hexadecimal)
    {
        byte[] bytes = Convert.FromHexString(hexadecimal);
        byte* memory = PathMarshaller.ConvertToUnmanaged(PathText.Decode(bytes));
        try
        {
            Assert.Equal((byte[])[.. bytes, 0], new ReadOnlySpan<byte>(memory, bytes.Length + 1).ToArray());
        }
        finally
        {
            PathMarshaller.Free(memory);
        }
    }

    private static string? Utf8Strict(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
