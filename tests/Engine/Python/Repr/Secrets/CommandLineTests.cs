using PyStack.Engine.Python.Repr.Secrets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Repr.Secrets;

/// <summary>What is hidden in the arguments of a program. | stands for the zero behind an argument.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("python3|app.py|--pwd|LEAK12 LEAK13 with spaces|--port|80", "python3 app.py --pwd <redacted> --port 80")]
    [InlineData("python3|--passwd=LEAK B -c|x", "python3 --passwd=<redacted> x")]
    [InlineData("python3|--password=LEAK\nB|x", "python3 --password=<redacted> x")]
    [InlineData("python3|--password|LEAK\nB|x", "python3 --password <redacted> x")]
    [InlineData("env|DB_PASSWORD=LEAK B|python3", "env DB_PASSWORD=<redacted> python3")]
    [InlineData("app|/password:LEAK\nB|/port:80", "app /password:<redacted> /port:80")]
    [InlineData("app|--api-key|-LEAK17|-v", "app --api-key <redacted> -v")]
    [InlineData("app|--ask-password|--host|h", "app --ask-password --host h")]
    [InlineData("app|--key|LEAK|--key=LEAK|x", "app --key <redacted> --key=<redacted> x")]
    [InlineData("app|--key|a/server.key|--key=server.key", "app --key a/server.key --key=server.key")]
    [InlineData("curl|-u|admin:LEAK6|https://h/", "curl -u <redacted> https://h/")]
    [InlineData("python3|-u|app.py", "python3 -u app.py")]
    [InlineData("app|redis://:LEAK@h/0|u:LEAK@h", "app redis://:<redacted>@h/0 u:<redacted>@h")]
    [InlineData("app|--password||x", "app --password  x")]
    public void A_secret_is_hidden_to_the_end_of_its_argument(string arguments, string shown)
        => Assert.Equal(shown, SecretText.RedactArguments(arguments.Replace('|', '\0') + "\0"));

    [Theory]
    [InlineData("python3 app.py --pwd LEAK12 LEAK13 with spaces --port 80", "python3 app.py --pwd <redacted> --port 80")]
    [InlineData("python3 app.py --passwd=LEAK B C", "python3 app.py --passwd=<redacted>")]
    [InlineData("python3 app.py --passwd=\"LEAK B\" -x", "python3 app.py --passwd=<redacted> -x")]
    [InlineData("python3 app.py a b", "python3 app.py a b")]
    [InlineData("", "")]
    public void Where_arguments_were_joined_a_secret_goes_up_to_the_next_option(string arguments, string shown)
    {
        Assert.Equal(shown, SecretText.RedactArguments(arguments));
        Assert.Equal(shown, SecretText.RedactArguments(shown));
    }
}
