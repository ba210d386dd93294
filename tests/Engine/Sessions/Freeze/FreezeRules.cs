using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>What is allowed at one line of a program in <c>tests/Programs/freeze</c>.</summary>
/// <param name="Function">The function that the line belongs to.</param>
/// <param name="IsRoot">Whether nothing but C calls that function.</param>
/// <param name="IsExclusive">Whether only one thread of an interpreter is in that function at any moment.</param>
/// <param name="Phase">The end of the variable <c>now</c> for as long as a call from this line lasts; null where there is none.</param>
/// <param name="Callees">The functions that are called from this line; a name with an asterisk stands for all that begin like it.</param>
internal sealed record FreezeLine(string Function, bool IsRoot, bool IsExclusive, int? Phase, string[] Callees)
{
    public bool Calls(string function)
        => Callees.Any(one => one.EndsWith('*') ? function.StartsWith(one[..^1], StringComparison.Ordinal) : one == function);
}

/// <summary>The rules that are written in the comments of the programs, as <c>habits.py</c> explains them.</summary>
internal sealed partial class FreezeRules
{
    private static readonly Lazy<FreezeRules> All = new(() => new FreezeRules());

    private readonly Dictionary<string, FreezeLine[]> _files = [];

    private FreezeRules()
    {
        foreach (string file in Directory.EnumerateFiles(Programs.PathOf("freeze"), "*.py"))
        {
            _files.Add(Path.GetFileName(file), Parse(File.ReadAllLines(file)));
        }
    }

    public static FreezeRules Instance => All.Value;

    /// <summary>The rule of a frame's line; null if the programs have no such line.</summary>
    public FreezeLine? Find(string? file, int line)
        => _files.TryGetValue(Path.GetFileName(file ?? ""), out FreezeLine[]? lines) && line > 0 && line <= lines.Length ? lines[line - 1] : null;

    public bool Knows(string? file) => _files.ContainsKey(Path.GetFileName(file ?? ""));

    /// <summary>What is known of a function wherever it is; null if the file has none of that name.</summary>
    public FreezeLine? FindFunction(string? file, string? function)
        => _files.TryGetValue(Path.GetFileName(file ?? ""), out FreezeLine[]? lines) ? Array.Find(lines, one => one.Function == function) : null;

    private static FreezeLine[] Parse(string[] lines)
    {
        FreezeLine[] rules = new FreezeLine[lines.Length];
        FreezeLine module = new("<module>", true, false, null, []);
        FreezeLine current = module;
        for (int i = 0; i < lines.Length; i++)
        {
            if (Definition().Match(lines[i]) is { Success: true } definition)
            {
                bool isRoot = lines[i].EndsWith("# root", StringComparison.Ordinal);
                bool isExclusive = lines[i].EndsWith("# one at a time", StringComparison.Ordinal);
                current = new FreezeLine(definition.Groups[1].Value, isRoot, isExclusive, null, []);
            }
            else if (lines[i].Length > 0 && !char.IsWhiteSpace(lines[i][0]))
            {
                current = module;
            }

            Match call = Call().Match(lines[i]);
            int? phase = call.Success && call.Groups[1].Length > 0 ? int.Parse(call.Groups[1].Value, CultureInfo.InvariantCulture) : null;
            rules[i] = call.Success ? current with { Phase = phase, Callees = call.Groups[2].Value.Split(' ') } : current;
        }

        return rules;
    }

    [GeneratedRegex(@"^\s*def (\w+)\(")]
    private static partial Regex Definition();

    [GeneratedRegex(@"# (\d*) ?-> (.+)$")]
    private static partial Regex Call();
}
