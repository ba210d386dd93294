using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace PyStack.Engine.Tests.Sessions.Modes;

/// <summary>How many threads each mode has read right and wrong of one interpreter, and examples of the wrong ones.</summary>
internal sealed class ModeTable(string interpreter)
{
    private const int Examples = 3;

    private readonly List<string> _modes = [];
    private readonly Dictionary<string, (int Right, int Wrong)> _counts = [];
    private readonly StringBuilder _examples = new();

    public bool IsAllRight => _counts.Values.All(one => one.Wrong == 0);

    /// <param name="difference">What is wrong; empty if nothing is.</param>
    public void Add(string mode, string where, string difference)
    {
        if (!_counts.TryGetValue(mode, out (int Right, int Wrong) count))
        {
            _modes.Add(mode);
        }

        bool isRight = difference.Length == 0;
        _counts[mode] = (count.Right + (isRight ? 1 : 0), count.Wrong + (isRight ? 0 : 1));
        if (!isRight && count.Wrong < Examples)
        {
            _examples.Append($"{mode}, {where}: {difference}\n");
        }
    }

    /// <summary>Appends a row for each mode to a file of tab-separated fields: interpreter, mode, right, wrong.</summary>
    public void Append(string path) => File.AppendAllLines(path, _modes.Select(mode => $"{interpreter}\t{mode}\t{_counts[mode].Right}\t{_counts[mode].Wrong}"));

    public override string ToString()
        => $"{interpreter}: {string.Join("; ", _modes.Select(mode => $"{mode} {_counts[mode].Right} right, {_counts[mode].Wrong} wrong"))}\n{_examples}";
}
