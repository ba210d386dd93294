using System;
using System.Collections.Generic;
using System.Text;

namespace PyStack;

/// <summary>A key that is no character.</summary>
internal enum KeyKind
{
    Character,
    Enter,
    Escape,
    Backspace,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Text">The character of <see cref="KeyKind.Character"/>.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");

/// <summary>Makes keys of what a terminal sends: UTF-8, and the sequences of xterm for other keys, in both of their forms.</summary>
internal static class Keys
{
    private const byte EscapeByte = 0x1b;

    /// <summary>How many bytes at the end are the beginning of a sequence whose rest may still come.</summary>
    public static int IncompleteEnd(ReadOnlySpan<byte> typed)
    {
        int at = typed.LastIndexOf(EscapeByte);
        return at >= 0 && (typed[at..] is [_] or [_, (byte)'[' or (byte)'O', ..]) && !typed[Math.Min(at + 2, typed.Length)..].ContainsAnyInRange((byte)0x40, (byte)0x7e) ? typed.Length - at : 0;
    }

    /// <summary>The keys of some bytes. A sequence that is not known is no key.</summary>
    public static List<Key> Read(ReadOnlySpan<byte> typed)
    {
        List<Key> keys = [];
        while (typed.Length > 0)
        {
            int length = 1;
            if (typed[0] == EscapeByte && typed.Length > 1 && typed[1] is (byte)'[' or (byte)'O')
            {
                length = 2;
                while (length < typed.Length && typed[length] is < 0x40 or > 0x7e)
                {
                    length++;
                }

                length = Math.Min(length + 1, typed.Length);
                if (Sequence(typed[2..length]) is KeyKind known)
                {
                    keys.Add(new Key(known));
                }
            }
            else if (Control(typed[0]) is KeyKind control)
            {
                keys.Add(new Key(control));
            }
            else if (Rune.DecodeFromUtf8(typed, out Rune rune, out length) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune))
            {
                keys.Add(new Key(KeyKind.Character, rune.ToString()));
            }

            typed = typed[length..];
        }

        return keys;
    }

    private static KeyKind? Control(byte code) => code switch
    {
        EscapeByte => KeyKind.Escape,
        (byte)'\r' or (byte)'\n' => KeyKind.Enter,
        (byte)'\t' => KeyKind.Tab,
        0x7f or 0x08 => KeyKind.Backspace,
        _ => null,
    };

    private static KeyKind? Sequence(ReadOnlySpan<byte> rest) => Encoding.ASCII.GetString(rest) switch
    {
        "A" => KeyKind.Up,
        "B" => KeyKind.Down,
        "C" => KeyKind.Right,
        "D" => KeyKind.Left,
        "Z" => KeyKind.BackTab,
        "5~" => KeyKind.PageUp,
        "6~" => KeyKind.PageDown,
        "H" or "1~" or "7~" => KeyKind.Home,
        "F" or "4~" or "8~" => KeyKind.End,
        "M" => KeyKind.Enter,
        _ => null,
    };
}
