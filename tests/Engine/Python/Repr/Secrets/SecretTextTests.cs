using System;
using System.Text;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Repr.Secrets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Repr.Secrets;

/// <summary>What is hidden inside of a text. LEAK is a secret, and what stands around it is not.</summary>
public sealed class SecretTextTests
{
    [Theory]
    [InlineData("postgresql://app:LEAK@db/prod")]
    [InlineData("amqps://u:LEAK@h:5671//")]
    [InlineData("redis://:LEAK@h:6379/0")]
    [InlineData("postgres://u:LEAK/LEAK@db/prod")]
    [InlineData("https://u:LEAK@LEAK@host/path")]
    [InlineData("https://LEAKLEAKLEAKLEAKLEAK@github.com/a/b.git")]
    [InlineData("see http://u:LEAK@h and http://v:LEAK@i/")]
    [InlineData("https://host/?access_token=LEAK&b=1")]
    [InlineData("https://host/p?sv=1&sig=LEAK&se=2")]
    [InlineData("/callback?code=1&token=LEAK#frag")]
    [InlineData("user=u&api_key=LEAK")]
    [InlineData("a=1&password%3DLEAK%26b=2")]
    [InlineData("host=h password=LEAK dbname=d")]
    [InlineData("host=h password='LEAK LEAK' dbname=d")]
    [InlineData("Server=h;User Id=u;Password=LEAK;Database=d")]
    [InlineData("DRIVER=x;UID=sa;PWD=LEAK;")]
    [InlineData("AccountName=n;AccountKey=LEAK==;EndpointSuffix=s")]
    [InlineData("PASSWORD=LEAK")]
    [InlineData("export DB_PASSWORD=LEAK\nexport HOME=/root")]
    [InlineData("Authorization: Bearer LEAK")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nCookie: sid=LEAK; x=LEAK\r\nAccept: */*")]
    [InlineData("Set-Cookie: sid=LEAK; Path=/")]
    [InlineData("X-Api-Key: LEAK\r\nX: y")]
    [InlineData("Authorization=Basic LEAK")]
    [InlineData("Bearer LEAK")]
    [InlineData("{\"user\": \"u\", \"password\": \"LEAK\", \"n\": 1}")]
    [InlineData("{\"password\":\"LEAK\\\"LEAK\",\"n\":1}")]
    [InlineData("{\\\"password\\\": \\\"LEAK\\\", \\\"n\\\": 1}")]
    [InlineData("{\"otp\": LEAK, \"n\": 1}")]
    [InlineData("{\"tokens\": [\"LEAK\", \"LEAK\"], \"n\": 1}")]
    [InlineData("{'password': b'LEAK', 'n': 1}")]
    [InlineData("os.environ['API_KEY'] = 'LEAK'")]
    [InlineData("Login(user='u', password='LEAK')")]
    [InlineData("password: LEAK")]
    [InlineData("api key: LEAK")]
    [InlineData("<user>u</user><password>LEAK</password>")]
    [InlineData("mysql --password LEAK -h host")]
    [InlineData("run --token=LEAK --verbose")]
    [InlineData("mysqldump -u root -pLEAK db")]
    [InlineData("sshpass -p LEAK ssh host")]
    [InlineData("redis-cli -a LEAK ping")]
    [InlineData("curl -u LEAK https://h/")]
    [InlineData("ALTER USER u IDENTIFIED BY 'LEAK'")]
    [InlineData("CREATE ROLE r WITH PASSWORD 'LEAK' LOGIN")]
    [InlineData("machine h login u password LEAK")]
    [InlineData("PASS LEAK\r\n")]
    [InlineData("u:LEAK@h")]
    [InlineData(":LEAK@h:6379")]
    [InlineData("//u:LEAK@h/db?token=LEAK")]
    [InlineData("Content-Disposition: form-data; name=\"password\"\r\n\r\nLEAK LEAK\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nu\r\n--b\r\nContent-Disposition: form-data; name=\"token\"; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\nLEAK")]
    [InlineData("https://hooks.slack.com/services/LEAK/LEAK/LEAK")]
    [InlineData("post to https://discord.com/api/webhooks/LEAK/LEAK now")]
    [InlineData("run --api-key -LEAK17 --verbose")]
    [InlineData("run --key LEAK --verbose")]
    [InlineData("run --key=LEAK --verbose")]
    [InlineData("net use /user:u /password:LEAK")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nLEAK\n-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nLEAK")]
    public void A_secret_is_hidden_and_what_is_around_it_is_shown(string text)
    {
        string hidden = Hide(text, isCut: false);

        Assert.DoesNotContain("LEAK", hidden, StringComparison.Ordinal);
        Assert.Contains("#", hidden, StringComparison.Ordinal);

        // All that is not a secret, in its order.
        int at = 0;
        foreach (string part in hidden.Split('#', StringSplitOptions.RemoveEmptyEntries))
        {
            at = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{hidden} is not {text}");
        }
    }

    [Theory]
    [InlineData("postgresql://app:LEAK")]
    [InlineData("{\"password\": \"LEAK")]
    [InlineData("https://h/?token=LEAK")]
    [InlineData("password='LEAK LEAK")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nLEAK")]
    [InlineData("key ghp_LEAK")]
    [InlineData("key eyJLEAK")]
    public void A_secret_whose_end_was_cut_off_is_hidden(string text) => Assert.DoesNotContain("LEAK", Hide(text, isCut: true), StringComparison.Ordinal);

    [Theory]
    [InlineData("ghp_0123456789abcdefghij0123456789abcdef")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")]
    [InlineData("xoxb-123456789012-abcdefghijkl")]
    public void A_token_of_a_known_kind_is_hidden_without_a_name(string text) => Assert.Equal("#", Hide(text, isCut: false));

    [Theory]
    [InlineData("http://localhost:8080/path")]
    [InlineData("http://[::1]:80/")]
    [InlineData("https://git@host/")]
    [InlineData("ssh://git@github.com/a/b")]
    [InlineData("author: Jane")]
    [InlineData("author=Jane&passenger=Joe&tokenizer=bpe&compass=north")]
    [InlineData("the password is wrong")]
    [InlineData("token expired")]
    [InlineData("Basic usage of a program")]
    [InlineData("the bearer of this letter")]
    [InlineData("max_tokens=100")]
    [InlineData("pass: 3")]
    [InlineData("PWD=/home/user")]
    [InlineData("a -> b, c => d, e == f")]
    [InlineData("cp -p a b")]
    [InlineData("sort --key 2,3 file")]
    [InlineData("serve --key /etc/server.key --cert server.pem")]
    [InlineData("mysql --ask-password -vvv --host h")]
    [InlineData("mailto:jane@example.com")]
    [InlineData("git@github.com:a/b.git")]
    [InlineData("repo/image:tag@sha256:0123")]
    [InlineData("12:30 at jane@example.com")]
    [InlineData("form-data; name=\"user\"\r\n\r\nu")]
    [InlineData("def f(self, author): pass")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    [InlineData("")]
    public void A_text_without_a_secret_stays_as_it_is(string text) => Assert.Equal(text, Hide(text, isCut: false));

    [Fact]
    public void Texts_that_are_made_to_be_slow_end()
    {
        SecretText hider = new(new SecretNames(new ValueOptions()));
        foreach (string part in (string[])["://", "a:b@", "password", "token=", "\"password\":[", "=", "eyJ", " -p", "-----BEGIN ", "\\", "Bearer "])
        {
            char[] text = string.Concat(System.Linq.Enumerable.Repeat(part, 200_000 / part.Length)).ToCharArray();

            _ = hider.Hide(text, isCut: true);
        }
    }

    // One # for each secret.
    private static string Hide(string text, bool isCut)
    {
        char[] characters = text.ToCharArray();
        _ = new SecretText(new SecretNames(new ValueOptions())).Hide(characters, isCut);
        StringBuilder shown = new();
        for (int i = 0; i < characters.Length; i++)
        {
            if (characters[i] != SecretText.Hidden)
            {
                shown.Append(characters[i]);
            }
            else if (i == 0 || characters[i - 1] != SecretText.Hidden)
            {
                shown.Append('#');
            }
        }

        return shown.ToString();
    }
}
