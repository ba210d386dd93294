using System;
using System.Collections.Generic;

namespace PyStack.HelpBuilder;

/// <summary>The subset of YAML that PlatyPS writes below a parameter: scalars, lists of scalars, and lists of such mappings.</summary>
internal sealed class YamlBlock
{
    private readonly Dictionary<string, string> _scalars = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<YamlBlock>> _mappings = new(StringComparer.Ordinal);

    /// <summary>Reads the lines of one block, all of which have the same indentation.</summary>
    public static YamlBlock Read(string text)
    {
        var block = new YamlBlock();
        string? key = null;
        YamlBlock? item = null;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal) && key is not null)
            {
                string entry = line[2..];
                item = null;
                if (Split(entry) is { } first)
                {
                    item = new YamlBlock();
                    item._scalars[first.Key] = first.Value;
                    Of(block._mappings, key).Add(item);
                }
                else
                {
                    Of(block._lists, key).Add(Unquoted(entry));
                }
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal) && item is not null)
            {
                (string name, string value) = Split(line.Trim()) ?? throw new FormatException($"not a YAML pair: {line}");
                item._scalars[name] = value;
            }
            else
            {
                (key, string value) = Split(line) ?? throw new FormatException($"not a YAML pair: {line}");
                block._scalars[key] = value;
            }
        }

        return block;
    }

    /// <summary>A value that must be there.</summary>
    public string Text(string key) => _scalars.TryGetValue(key, out string? value) ? value : throw new FormatException($"{key} is missing");

    /// <summary>A value that must be <c>true</c> or <c>false</c>.</summary>
    public bool Flag(string key) => bool.TryParse(Text(key), out bool value) ? value : throw new FormatException($"{key} is neither true nor false");

    /// <summary>A list of scalars; empty for <c>[]</c>.</summary>
    public IReadOnlyList<string> List(string key) => _lists.TryGetValue(key, out List<string>? list) ? list : [];

    /// <summary>A list of mappings.</summary>
    public IReadOnlyList<YamlBlock> Mappings(string key) => _mappings.TryGetValue(key, out List<YamlBlock>? list) ? list : [];

    private static (string Key, string Value)? Split(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (line[..colon].Trim(), Unquoted(line[(colon + 1)..].Trim()));
    }

    private static string Unquoted(string value) => value is ['\'', .., '\''] or ['"', .., '"'] ? value[1..^1] : value;

    private static List<T> Of<T>(Dictionary<string, List<T>> lists, string key)
    {
        if (!lists.TryGetValue(key, out List<T>? list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
