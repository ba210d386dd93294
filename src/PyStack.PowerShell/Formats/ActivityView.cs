using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>The cells of the tables of <see cref="PyActivity"/> and <see cref="PyThreadActivity"/>, also deserialized. The views of <c>PyStack.Format.ps1xml</c> call it.</summary>
public static class ActivityView
{
    private const int NameRoom = 15;
    private const int WaitRoom = 30;
    private const int MaxFunctions = 25;
    private const int DefaultWidth = 120;
    private const int MinWidth = 40;

    /// <summary>A time of the day.</summary>
    public static string FormatTime(DateTime? time) => time?.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A number of percent, with a digit after the point where that says something; empty for null.</summary>
    public static string FormatPercent(double? percent) => WatchPage.Percent(percent);

    /// <summary>How many threads there are.</summary>
    public static string FormatThreads(PSObject activity) => Items(activity, nameof(PyActivity.Threads)).Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>The function with the most samples of its own, and its share of all.</summary>
    public static string FormatBusiest(PSObject activity)
        => Items(activity, nameof(PyActivity.Functions)) is [PSObject { BaseObject: not string } first, ..] && (PyProfileFunction)Rehydration.Copy(typeof(PyProfileFunction), first) is { Self: > 0 } function
            ? TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{function.SelfShare * 100:0} % {(string.IsNullOrEmpty(function.QualifiedName) ? function.Function : function.QualifiedName)}"))
            : "";

    /// <summary>What the program calls a thread; else its OS name.</summary>
    public static string FormatName(string? pythonName, string? name) => Cells.Cut(TerminalText.Escape(string.IsNullOrEmpty(pythonName) ? name ?? "" : pythonName), NameRoom);

    /// <summary>What a thread waits for.</summary>
    public static string FormatWait(PSObject thread) => Cells.Cut(TerminalText.Escape(WatchView.WaitOf(ThreadOf(thread))), WaitRoom);

    /// <summary>The innermost function of a thread, with file and line.</summary>
    public static string FormatInnermost(PSObject thread) => ThreadRows.Innermost(ThreadOf(thread));

    /// <summary>A process as the screen shows it, with all of its threads: what <c>Format-Custom</c> shows.</summary>
    public static string[] FormatForHost(PSObject activity, PSHost? host)
    {
        ArgumentNullException.ThrowIfNull(activity);
        PyActivity shown = (PyActivity)Rehydration.Copy(typeof(PyActivity), activity);
        WatchView view = new() { Mode = shown.Mode };
        view.Update([shown]);
        int functions = Math.Min(shown.Functions.Count, MaxFunctions);
        return TextOf(WatchPage.Lines(view, WidthOf(host), shown.Threads.Count + functions + 6, TimeSpan.FromSeconds(shown.IntervalSeconds)).SkipLast(1));
    }

    /// <summary>The stack of a thread as the screen shows it: what <c>Format-Custom</c> shows.</summary>
    public static string[] FormatThreadForHost(PSObject thread, PSHost? host)
    {
        PyThreadActivity shown = ThreadOf(thread);
        return TextOf(StackPage.Lines(shown, WidthOf(host) - 1));
    }

    private static string[] TextOf(IEnumerable<ScreenLine> lines) => [.. lines.Select(line => line.Text.TrimEnd())];

    private static int WidthOf(PSHost? host) => Math.Max(MinWidth, LineBreaks.WidthOf(host) ?? DefaultWidth);

    private static PyThreadActivity ThreadOf(PSObject? thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return (PyThreadActivity)Rehydration.Copy(typeof(PyThreadActivity), thread);
    }

    private static PSObject[] Items(PSObject? activity, string property)
        => activity?.Properties[property]?.Value is var value && (value is PSObject wrapped ? wrapped.BaseObject : value) is IList list
            ? [.. list.Cast<object?>().Select(item => PSObject.AsPSObject(item ?? ""))]
            : [];
}
