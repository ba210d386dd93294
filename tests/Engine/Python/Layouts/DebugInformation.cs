using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Python.Layouts;

/// <summary>What gdb reads in one interpreter's debug information. gdb takes seconds to start, so each file is asked once.</summary>
internal sealed partial class DebugInformation
{
    private static readonly ConcurrentDictionary<string, DebugInformation> s_asked = new();

    private DebugInformation(string file, List<LayoutField> fields)
    {
        // A command that fails prints nothing on standard output, and gdb goes on with the next.
        List<string> arguments = [.. Toolchain.QuietGdb, "-ex", "ptype /o PyASCIIObject"];
        foreach (LayoutField field in fields)
        {
            arguments.AddRange(["-ex", $"printf \"{field.Name} = %ld\\n\", {field.Expression}"]);
        }

        string output = Toolchain.Run("gdb", [.. arguments, "-ex", "quit 0", file]);
        foreach (Match match in Answer().Matches(output))
        {
            Values[match.Groups["name"].Value] = long.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        }

        foreach (Match match in BitField().Matches(output))
        {
            int start = int.Parse(match.Groups["byte"].Value, CultureInfo.InvariantCulture) * 8;
            int bit = start + int.Parse(match.Groups["bit"].Value, CultureInfo.InvariantCulture);
            Bits[match.Groups["name"].Value] = (bit, int.Parse(match.Groups["width"].Value, CultureInfo.InvariantCulture));
        }

        Assert.True(Values.ContainsKey("Thread.Next") && (Bits.ContainsKey("kind") || !Values.ContainsKey("Unicode.State")), $"gdb finds no debug information in {file}");
    }

    /// <summary>The fields that exist, by their name in <see cref="LayoutFields"/>.</summary>
    public Dictionary<string, long> Values { get; } = [];

    /// <summary>First bit, from the start of the struct, and number of bits of the fields of <c>PyASCIIObject.state</c>.</summary>
    public Dictionary<string, (int Bit, int Width)> Bits { get; } = [];

    public static DebugInformation Of(string file, List<LayoutField> fields) => s_asked.GetOrAdd(file, _ => new DebugInformation(file, fields));

    [GeneratedRegex(@"^(?<name>[\w.]+) = (?<value>-?\d+)$", RegexOptions.Multiline)]
    private static partial Regex Answer();

    // "/*     32: 2   |       4 */    unsigned int kind : 3;"
    [GeneratedRegex(@"/\*\s*(?<byte>\d+):\s*(?<bit>\d+)\s*\|\s*\d+\s*\*/\s*unsigned int (?<name>\w+)\s*:\s*(?<width>\d+);")]
    private static partial Regex BitField();
}
