using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PyStack;

/// <summary>The table of functions on the screen.</summary>
internal static class FunctionRows
{
    private const int ShareWidth = 6;

    /// <summary>The heading and some functions.</summary>
    /// <param name="samples">How many samples were counted.</param>
    public static IEnumerable<ScreenLine> Lines(WatchView view, List<PyProfileFunction> functions, long samples, int room, int rows)
    {
        double window = view.Shown.Select(one => one.WindowSeconds).DefaultIfEmpty(0).Max();
        PyProfileMode mode = view.Shown.Count > 0 ? view.Shown[0].Mode : view.Mode;
        string counted = mode switch { PyProfileMode.Cpu => "running", PyProfileMode.Gil => "with the GIL", _ => "all" };
        ScreenLine heading = new ScreenLine(room).Add(" ").AddColumn("SELF%", ShareWidth, isRight: true).AddColumn("TOTAL%", ShareWidth, isRight: true);
        yield return heading.Add(string.Create(CultureInfo.InvariantCulture, $"FUNCTION  (last {window:0} s, {samples:N0} samples, {counted})")).Whole(LineStyle.Heading);
        int name = Math.Clamp((room - 16) / 2, 8, 60);
        foreach (PyProfileFunction function in functions.Take(rows))
        {
            ScreenLine line = new ScreenLine(room).Add(" ")
                .AddColumn(WatchPage.Percent((double)function.Self / samples * 100), ShareWidth, isRight: true)
                .AddColumn(WatchPage.Percent((double)function.Total / samples * 100), ShareWidth, isRight: true)
                .AddColumn((string.IsNullOrEmpty(function.QualifiedName) ? function.Function : function.QualifiedName) ?? "", name, LineStyle.Strong);
            yield return line.Add(Cells.CutStart(TerminalText.Escape(function.File ?? function.Library ?? ""), line.Room));
        }
    }
}
