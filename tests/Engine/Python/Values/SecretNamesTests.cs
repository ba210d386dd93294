using PyStack.Engine.Python.Values;
using Xunit;

namespace PyStack.Engine.Tests.Python.Values;

/// <summary>Which names look like a secret.</summary>
public sealed class SecretNamesTests
{
    [Theory]
    [InlineData("password", true)]
    [InlineData("db_password_2", true)]
    [InlineData("PASSWD", true)]
    [InlineData("clientSecret", true)]
    [InlineData("api_key", true)]
    [InlineData("apiKey", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("Authorization", true)]
    [InlineData("set-cookie", true)]
    [InlineData("private_key", true)]
    [InlineData("access_token", true)]
    [InlineData("user", false)]
    [InlineData("key", false)]
    [InlineData("pass", false)]
    [InlineData("", false)]
    public void A_name_is_judged_without_regard_to_capitals_and_hyphens(string name, bool isSecret)
        => Assert.Equal(isSecret, new SecretNames(new ValueOptions()).Matches(name));

    [Fact]
    public void The_users_words_count_too_and_none_do_where_nothing_is_hidden()
    {
        Assert.True(new SecretNames(new ValueOptions(SecretWords: ["IBAN"])).Matches("customer_iban"));
        Assert.False(new SecretNames(new ValueOptions()).Matches("customer_iban"));
        SecretNames none = new(new ValueOptions(IsRedacted: false, SecretWords: ["IBAN"]));
        Assert.False(none.Matches("iban"));
        Assert.False(none.Matches("password"));
    }
}
