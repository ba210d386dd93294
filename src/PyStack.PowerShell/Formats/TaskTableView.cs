using System;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>The cells of the table of tasks, each no wider than there is room for, as those of <see cref="ThreadTableView"/>.</summary>
internal static class TaskTableView
{
    private const int DefaultWidth = 160;

    /// <summary>Below this there is no room for more than the kind of a wait.</summary>
    private const int MinWidthOfDescriptions = 100;

    private const int MinName = 14;
    private const int MaxName = 40;
    private const int KindWidth = 10;
    private const int MinInnermost = 12;

    // Id (of 48 bits) and State, a blank between each of the five columns, and the last column, which PowerShell leaves free on a terminal.
    private const int OtherColumns = 14 + 10 + 4 + 1;

    /// <summary>Its name, or else what it runs.</summary>
    public static string Name(string? name, string? coroutine, PSHost? host)
        => ThreadTableView.Cut(TerminalText.Escape(string.IsNullOrEmpty(name) ? coroutine ?? "" : name), RoomsOf(host).Name);

    /// <summary>What it waits for.</summary>
    public static string Wait(string? kind, string? description, PSHost? host)
    {
        Rooms rooms = RoomsOf(host);
        return ThreadTableView.Cut(TerminalText.Escape((rooms.HasDescriptions ? description : kind) ?? ""), rooms.Wait);
    }

    /// <inheritdoc cref="ThreadTableView.Innermost(PyFrame, int)"/>
    public static (string Function, string Place) Innermost(PyFrame frame, PSHost? host) => ThreadTableView.Innermost(frame, RoomsOf(host).Innermost);

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
