using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>One source file's lines, decoded as Python would.</summary>
internal sealed partial class SourceText
{
    private static readonly string[] LineEnds = ["\r\n", "\n", "\r"];

    private const int MaxLines = 1_000_000;

    private readonly byte[] _content;
    private readonly List<int> _starts = [0];
    private readonly Encoding _encoding;
    private readonly int _maxLineLength;

    // Lines that were asked for: many threads are in the same few.
    private readonly Dictionary<int, string?> _lines = [];

    private SourceText(byte[] content, bool isNewer, int maxLineLength)
    {
        _content = content;
        _maxLineLength = maxLineLength;
        IsNewerThanTarget = isNewer;
        _encoding = FindEncoding(content);
        if (content.AsSpan().StartsWith(Encoding.UTF8.Preamble))
        {
            _starts[0] = Encoding.UTF8.Preamble.Length;
        }

        FindLines();
    }

    /// <summary>Whether the file was written after the target started.</summary>
    public bool IsNewerThanTarget { get; }

    /// <summary>The text of a file that was read.</summary>
    public static SourceText Of(SourceFile file, Limits limits) => new(file.Content, file.IsNewerThanTarget, limits.SourceLineLength);

    /// <summary>A line without its end; null if the file is shorter.</summary>
    /// <param name="line">From 1.</param>
    public string? Line(int line)
    {
        ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, line, out bool isKnown);
        return isKnown ? known : known = Find(line);
    }

    private string? Find(int line)
    {
        if (line < 1 || line > _starts.Count)
        {
            return null;
        }

        int start = _starts[line - 1];
        int end = line < _starts.Count ? _starts[line] : _content.Length;
        ReadOnlySpan<byte> bytes = _content.AsSpan(start..end).TrimEnd("\r\n"u8);
        if (bytes.IsEmpty && line == _starts.Count)
        {
            return null;
        }

        // Four bytes are the most that one character takes.
        string text = _encoding.GetString(bytes[..Math.Min(bytes.Length, _maxLineLength * 4)]);
        return text.Length <= _maxLineLength ? text : text[.._maxLineLength];
    }

    // A line ends with \n, \r\n or \r (Python's universal newlines).
    private void FindLines()
    {
        ReadOnlySpan<byte> content = _content;
        int at = 0;
        while (true)
        {
            int end = content[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                return;
            }

            at += end + 1;
            if (content[at - 1] == '\r' && at < content.Length && content[at] == '\n')
            {
                at++;
            }

            _starts.Add(at);
            if (_starts.Count >= MaxLines)
            {
                return;
            }
        }
    }

    // PEP 263: a comment in one of the first two lines may name the encoding; UTF-8 otherwise.
    private static Encoding FindEncoding(ReadOnlySpan<byte> content)
    {
        string head = Encoding.Latin1.GetString(content[..Math.Min(content.Length, 1024)]);
        string[] lines = head.Split(LineEnds, 3, StringSplitOptions.None);
        for (int i = 0; i < Math.Min(lines.Length, 2); i++)
        {
            Match match = EncodingComment().Match(lines[i]);
            if (match.Success)
            {
                return FindEncoding(match.Groups[1].Value);
            }

            if (!IsBlankOrComment(lines[i]))
            {
                break;
            }
        }

        return Encoding.UTF8;
    }

    private static bool IsBlankOrComment(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart(" \t\f\u00ef\u00bb\u00bf");
        return text.IsEmpty || text[0] == '#';
    }

    // Python's names for encodings (Lib/encodings/aliases.py) where .NET has another one.
    private static Encoding FindEncoding(string name)
    {
        string plain = name.Replace('_', '-').ToLowerInvariant();
        try
        {
            if (plain is "latin-1" or "latin1" or "l1" or "iso8859-1" || plain.StartsWith("latin-1-", StringComparison.Ordinal))
            {
                return Encoding.Latin1;
            }

            if (plain.StartsWith("cp", StringComparison.Ordinal)
                && int.TryParse(plain.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int page))
            {
                return CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.UTF8;
            }

            if (plain.StartsWith("iso8859-", StringComparison.Ordinal))
            {
                plain = "iso-8859-" + plain["iso8859-".Length..];
            }

            return CodePagesEncodingProvider.Instance.GetEncoding(plain) ?? Encoding.GetEncoding(plain);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }

    [GeneratedRegex(@"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")]
    private static partial Regex EncodingComment();
}
