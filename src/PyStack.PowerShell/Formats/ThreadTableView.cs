using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>
/// The cells of the table of threads, each no wider than there is room for: PowerShell would leave out whole columns, or cut the end of a text, where the line is.
/// </summary>
internal static class ThreadTableView
{
    /// <summary>Of a session without a screen, such as a service's.</summary>
    private const int DefaultWidth = 160;

    /// <summary>Below this there is no room for more than the kind of a wait.</summary>
    private const int MinWidthOfDescriptions = 100;

    private const int MinName = 14;
    private const int MaxName = 40;
    private const int KindWidth = 13;
    private const int MinInnermost = 12;

    // ThreadId, State and CPU(s), a blank between each of the six columns, and the last column, which PowerShell leaves free on a terminal.
    private const int OtherColumns = 8 + 9 + 6 + 5 + 1;

    /// <summary>What the program calls the thread, which says more than what is left of it in 15 bytes; else its OS name.</summary>
    public static string Name(string? pythonName, string? name, PSHost? host)
        => Cut(TerminalText.Escape(string.IsNullOrEmpty(pythonName) ? name ?? "" : pythonName), RoomsOf(host).Name);

    /// <summary>Seconds; as few digits as there is room for.</summary>
    public static string CpuTime(double? seconds)
        => seconds is not double known ? "" : known.ToString(known < 1000 ? "0.00" : known < 10_000 ? "0.0" : "0", CultureInfo.CurrentCulture);

    /// <summary>What a thread waits for, and in brackets that it has the GIL: there is no column for that, since of a process at most one thread has it.</summary>
    public static string Wait(string? kind, string? description, string? gil, PSHost? host)
    {
        Rooms rooms = RoomsOf(host);
        string text = rooms.HasDescriptions ? description ?? "" : kind ?? "";
        text = gil switch
        {
            nameof(PyGilState.Waiting) => "the GIL",
            nameof(PyGilState.Held) => rooms.HasDescriptions && text.Length > 0 ? "(has the GIL) " + text : "(has the GIL)",
            _ => text,
        };
        return Cut(TerminalText.Escape(text), rooms.Wait);
    }

    /// <summary>A frame's function and, after a blank, the end of its file's name with the line.</summary>
    public static (string Function, string Place) Innermost(PyFrame frame, PSHost? host) => Innermost(frame, RoomsOf(host).Innermost);

    /// <summary>A frame's function and, after a blank, the end of its file's name with the line.</summary>
    /// <param name="room">Of both, in cells.</param>
    public static (string Function, string Place) Innermost(PyFrame frame, int room)
    {
        string function = TerminalText.Escape(frame.Function ?? "");
        string file = TerminalText.Escape(System.IO.Path.GetFileName(frame.File ?? ""));
        string place = file.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {file}:{frame.Line}");
        function = Cut(function, Math.Max(room / 2, room - place.Length));
        int left = room - function.Length;
        return (function, place.Length <= left ? place : string.Concat(" …", place.AsSpan(place.Length - left + 2)));
    }

    /// <summary>A text that is not longer than there is room for.</summary>
    public static string Cut(string text, int room) => text.Length <= room ? text : text[..(room - 1)] + "…";

    private static Rooms RoomsOf(PSHost? host)
    {
        int width = LineBreaks.WidthOf(host) ?? DefaultWidth;
        int name = Math.Clamp(width / 6, MinName, MaxName);
        int rest = width - OtherColumns - name;
        bool hasDescriptions = width >= MinWidthOfDescriptions;
        int wait = hasDescriptions ? rest / 2 : KindWidth;
        return new Rooms(name, wait, Math.Max(MinInnermost, rest - wait), hasDescriptions);
    }

    private readonly record struct Rooms(int Name, int Wait, int Innermost, bool HasDescriptions);
}
