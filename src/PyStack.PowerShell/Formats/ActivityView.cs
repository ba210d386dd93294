using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace PyStack;

/// <summary>The cells of the tables of <see cref="PyActivity"/> and <see cref="PyThreadActivity"/>, also deserialized. The views of <c>PyStack.Format.ps1xml</c> call it.</summary>
public static class ActivityView
{
    private const int NameRoom = 15;
    private const int WaitRoom = 30;

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
