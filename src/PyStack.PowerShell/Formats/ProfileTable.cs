using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>A profile as lines: what was measured, and the functions with the most time of their own. The views of <c>PyStack.Format.ps1xml</c> call it.</summary>
public static class ProfileTable
{
    private const int MaxFunctions = 25;
    private const int DefaultWidth = 120;
    private const int MinWidth = 40;

    /// <summary>The lines of a profile, also of a deserialized one, each no longer than the host is wide.</summary>
    /// <param name="profile">A <see cref="PyProfile"/>.</param>
    /// <param name="host">The session's <c>$Host</c>.</param>
    public static string[] FormatForHost(PSObject profile, PSHost? host)
    {
        ArgumentNullException.ThrowIfNull(profile);
        int width = Math.Max(MinWidth, (LineBreaks.WidthOf(host) ?? DefaultWidth + 1) - 1);
        List<PyProfileFunction> functions = FunctionsOf(profile, out int count);
        int room = width - "  100.0 %  100.0 %  ".Length;
        int name = Math.Min(functions.Select(function => NameOf(function).Length).DefaultIfEmpty(0).Max(), Math.Max(20, room / 2));
        List<string> lines = [Heading(profile), "", $"{"Self",9}{"Total",9}  {"Function".PadRight(name)}  File"];
        foreach (PyProfileFunction function in functions)
        {
            string line = $"{FormatShare(function.SelfShare),9}{FormatShare(function.TotalShare),9}  {Cut(NameOf(function), name).PadRight(name)}  {End(PlaceOf(function), room - name - 2)}";
            lines.Add(line.TrimEnd());
        }

        if (count > functions.Count)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{"…",9}{"",9}  {count - functions.Count} more in the property Functions"));
        }

        foreach (string warning in Items(profile, nameof(PyProfile.Warnings)).Select(warning => warning?.ToString() ?? ""))
        {
            lines.Add(TerminalText.Escape(warning));
        }

        return LineBreaks.ForView([.. lines], host);
    }

    /// <summary>A part of all as <c>12.5 %</c>.</summary>
    public static string FormatShare(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static string Heading(PSObject profile)
    {
        T Value<T>(string property) => LanguagePrimitives.TryConvertTo(profile.Properties[property]?.Value, out T value) ? value : default!;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string name = TerminalText.Escape(Value<string?>(nameof(PyProfile.ProcessName)) ?? "");
        string machine = profile.Properties["PSComputerName"]?.Value?.ToString() is { Length: > 0 } computer && computer != "localhost" ? $" on {TerminalText.Escape(computer)}" : "";
        string lost = Lost(Value<long>(nameof(PyProfile.Torn)), "torn") + Lost(Value<long>(nameof(PyProfile.Missed)), "missed");
        return string.Create(invariant, $"Process {Value<int>(nameof(PyProfile.ProcessId))}{(name.Length == 0 ? "" : $" ({name})")}{machine}, Python {TerminalText.Escape(Value<string?>(nameof(PyProfile.PythonVersion)) ?? "")}, ")
            + string.Create(invariant, $"{Value<long>(nameof(PyProfile.Samples)):N0} samples in {Value<double>(nameof(PyProfile.DurationSeconds)):0.0##} s, {Value<double>(nameof(PyProfile.AchievedRate)):0} a second of each thread{lost}");

        static string Lost(long count, string what) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count:N0} {what}");
    }

    private static List<PyProfileFunction> FunctionsOf(PSObject profile, out int count)
    {
        List<object?> all = [.. Items(profile, nameof(PyProfile.Functions))];
        count = all.Count;

        // As text, in JSON of a small depth, they are no functions.
        return [.. all.Take(MaxFunctions).Where(item => item is not string).Select(item => (PyProfileFunction)Rehydration.Copy(typeof(PyProfileFunction), PSObject.AsPSObject(item ?? "")))];
    }

    private static IEnumerable<object?> Items(PSObject profile, string property)
        => profile.Properties[property]?.Value is var value && (value is PSObject wrapped ? wrapped.BaseObject : value) is IList list ? list.Cast<object?>() : [];

    private static string NameOf(PyProfileFunction function) => TerminalText.Escape(string.IsNullOrEmpty(function.QualifiedName) ? function.Function ?? "" : function.QualifiedName);

    private static string PlaceOf(PyProfileFunction function) => TerminalText.Escape(function.File ?? function.Library ?? "");

    private static string Cut(string text, int room) => text.Length <= room ? text : text[..(room - 1)] + "…";

    // The end of a path says more than its beginning.
    private static string End(string text, int room) => text.Length <= room ? text : room < 2 ? "" : string.Concat("…", text.AsSpan(text.Length - room + 1));
}
