using System;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>No text of a target reaches a terminal as it is, whichever view shows it. The objects hold it as it is.</summary>
public sealed partial class EscapingTests
{
    // By PowerShell's reader of patterns, which knows nothing of TerminalText: categories C (Cc, Cf, Cs, Co, Cn), Zl and Zp, and the variation selectors.
    [GeneratedRegex(@"[\p{C}\p{Zl}\p{Zp}\ufe00-\ufe0f\u180b-\u180d\u180f-[\n]]")]
    private static partial Regex Unsafe();

    /// <summary>One of each kind that stands in no plane but the first; the others are TerminalTextTests'.</summary>
    public const string Nasty = "\x1b]0;T\x07\x1b[31m\r\u009b31m\u202e\u200b\u2066\0\x7f\b\u2028\u2029\n\u061c\u00ad\ufeff\u2060\ufe0f\u180b\ue000\udc9b";

    public static TheoryData<string> Names => [.. Filled.Types.Select(type => type.Name)];

    private static object New(string name) => Filled.New(Filled.Types.Single(type => type.Name == name), property => property + Nasty + "end");

    // PowerShell's own colours of headers and labels, and ours; none of them is in what the objects hold.
    [GeneratedRegex(@"\x1b\[(?:0|32;1|32;1;3|32|33|34)m")]
    private static partial Regex Colours();

    private static void AssertSafe(string text)
    {
        Match found = Unsafe().Match(Colours().Replace(text, ""));
        Assert.False(found.Success, $"A terminal would get {TerminalText.Escape(found.Value)} in\n{TerminalText.Escape(text)}");
    }

    private static string Shown(object one, string? command)
    {
        var host = new RecordingHost(4000);
        using var shell = new EmbeddedShell(host);
        using PowerShell pipeline = shell.NewPipeline();
        (command is null ? pipeline : pipeline.AddCommand(FormatCommand.Of(command))).AddCommand("Out-Default").Invoke(new[] { one });
        return host.RawOutput;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_view_of_an_object_shows_it(string name)
    {
        object one = New(name);
        foreach (string? command in (string?[])[null, "Format-Table", "Format-List", "Format-Wide", "Format-Custom"])
        {
            string text = Shown(one, command);
            AssertSafe(text);
            Assert.Contains(@"\x1b]0;T\x07", text, StringComparison.Ordinal);
        }

        AssertSafe(one.ToString()!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_view_of_a_deserialized_object_shows_it(string name)
    {
        using var shell = new EmbeddedShell();
        shell.Set("one", New(name));
        object copy = Assert.Single(shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($one, 4))"));
        Assert.All((string?[])[null, "Format-Table", "Format-List", "Format-Wide", "Format-Custom"], command => AssertSafe(Shown(copy, command)));
        AssertSafe(copy.ToString()!);
    }

    [Fact]
    public void An_object_holds_it_as_it_is_but_for_characters_that_XML_cannot_have()
    {
        string text = "Function" + Nasty.Replace("\x1b", @"\x1b").Replace("\x07", @"\x07").Replace("\0", @"\x00").Replace("\b", @"\x08").Replace("\udc9b", @"\x9b") + "end";
        Assert.Equal(text, ((PyFrame)New(nameof(PyFrame))).Function);
        Assert.Equal(text, XmlConvert.VerifyXmlChars(text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_text_of_an_object_can_be_in_XML(string name)
    {
        foreach (PropertyInfo property in Filled.PropertiesOf(Filled.Types.Single(type => type.Name == name)).Where(property => property.PropertyType == typeof(string) && !IsPathOfCore(property)))
        {
            XmlConvert.VerifyXmlChars((string)property.GetValue(New(name))!);
        }

        // Opened again by Get-PyStack, byte for byte.
        static bool IsPathOfCore(PropertyInfo property) => property.DeclaringType == typeof(PyCoreFile) || (property.DeclaringType == typeof(PyCore) && property.Name == nameof(PyCore.Path));
    }

    [Fact]
    public void An_indented_source_line_loses_its_indentation_and_no_other_blank()
    {
        Assert.Equal(@"\u2028return 1 \u2028", Traceback.FormatSource("\t    \u2028return 1 \u2028\r"));
        Assert.Contains("\n        \\u2028return 1", ThreadText.Of(Samples.Thread(Samples.Frame("f", "a.py", 1, "  \t\u2028return 1\r"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_a_table_is_cut_without_leaving_half_a_sequence()
    {
        var host = new RecordingHost(40, hasTerminal: true);
        using var shell = new EmbeddedShell(host);
        using PowerShell pipeline = shell.NewPipeline();
        pipeline.AddCommand("Out-Default").Invoke(new[] { New(nameof(PyFrame)) });
        AssertSafe(host.RawOutput);
    }
}
