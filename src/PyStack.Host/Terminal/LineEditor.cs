using System;
using System.Collections.Generic;
using System.Text;

namespace PyStack.Host.Terminal;

/// <summary>Reads a line from a terminal: cursor keys, history, completion with Tab.</summary>
internal sealed class LineEditor(Func<string, int, IReadOnlyList<Completion>> complete)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private int _cursor;
    private int _historyAt;
    private IReadOnlyList<Completion> _completions = [];
    private int _completionAt;

    /// <summary>The line, without its end; null at the end of input (Ctrl+D on an empty line).</summary>
    public string? ReadLine(string prompt)
    {
        _text.Clear();
        _cursor = 0;
        _historyAt = _history.Count;
        _completions = [];
        while (true)
        {
            Show(prompt);
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            // What was typed before the terminal was ready for single keys has its Enter as a line feed.
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                // Once more without the hint, so that the line is shown as it is run.
                _completions = [];
                Show(prompt);
                Console.WriteLine();
                return Remember(_text.ToString());
            }

            if (key.Key == ConsoleKey.D && key.Modifiers == ConsoleModifiers.Control && _text.Length == 0)
            {
                Console.WriteLine();
                return null;
            }

            if (key.Key == ConsoleKey.Tab)
            {
                Complete();
            }
            else
            {
                _completions = [];
                Edit(key);
            }
        }
    }

    private string Remember(string line)
    {
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }

        return line;
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.C when key.Modifiers == ConsoleModifiers.Control:
                Console.WriteLine("^C");
                Replace("");
                break;
            case ConsoleKey.LeftArrow:
                _cursor = Math.Max(0, _cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                _cursor = Math.Min(_text.Length, _cursor + 1);
                break;
            case ConsoleKey.Home:
                _cursor = 0;
                break;
            case ConsoleKey.End:
                _cursor = _text.Length;
                break;
            case ConsoleKey.UpArrow:
                FromHistory(-1);
                break;
            case ConsoleKey.DownArrow:
                FromHistory(1);
                break;
            case ConsoleKey.Backspace when _cursor > 0:
                _text.Remove(--_cursor, 1);
                break;
            case ConsoleKey.Delete when _cursor < _text.Length:
                _text.Remove(_cursor, 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                {
                    _text.Insert(_cursor++, key.KeyChar);
                }

                break;
        }
    }

    private void FromHistory(int step)
    {
        int at = Math.Clamp(_historyAt + step, 0, _history.Count);
        if (at != _historyAt)
        {
            _historyAt = at;
            Replace(at == _history.Count ? "" : _history[at]);
        }
    }

    // Tab again takes the next of what the first Tab has found.
    private void Complete()
    {
        if (_completions.Count == 0)
        {
            _completions = complete(_text.ToString(), _cursor);
            _completionAt = -1;
        }

        if (_completions.Count > 0)
        {
            _completionAt = (_completionAt + 1) % _completions.Count;
            Replace(_completions[_completionAt].Line);
            _cursor = _completions[_completionAt].Cursor;
        }
    }

    private void Replace(string text)
    {
        _text.Clear().Append(text);
        _cursor = text.Length;
    }

    /// <summary>
    /// The text with one replacement character for each character that would not be shown as itself: a completion, such as a file's name, may contain
    /// terminal sequences. The line that is run is not changed.
    /// </summary>
    internal static string Masked(string text)
    {
        var masked = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length;)
        {
            bool isRune = Rune.TryGetRuneAt(text, at, out Rune rune);
            int length = isRune ? rune.Utf16SequenceLength : 1;
            masked.Append(isRune && !TerminalText.IsUnsafe(rune.Value) ? text.AsSpan(at, length) : "\ufffd\ufffd".AsSpan(0, length));
            at += length;
        }

        return masked.ToString();
    }

    private void Show(string prompt)
    {
        // A line that is wider than the terminal shows the part that ends at the cursor.
        int width = Math.Max(10, TerminalRawUserInterface.Width - prompt.Length - 1);
        int from = Math.Max(0, _cursor - width);
        int length = Math.Min(_text.Length - from, width);
        int back = length - (_cursor - from);
        string hint = _completions.Count > 0 ? TerminalText.Escape(_completions[_completionAt].Hint) : "";
        hint = hint[..Math.Clamp(width - length - 2, 0, hint.Length)];
        back += hint.Length > 0 ? hint.Length + 2 : 0;
        Console.Write($"\r{prompt}{Masked(_text.ToString(from, length))}{(hint.Length > 0 ? "  " + hint : "")}\x1b[K{(back > 0 ? $"\x1b[{back}D" : "")}");
    }
}

/// <summary>One completion: the whole line, the position of the cursor in it, and its description.</summary>
internal sealed record Completion(string Line, int Cursor, string Hint);
